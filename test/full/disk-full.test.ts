import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { masked, openAirline } from '../journeys/mesh-folder.ts';

const MAIN = fileURLToPath(new URL('../../packages/platform/src/main.ts', import.meta.url));
/** A mount that only its own processes see: Linux gives it to any user, some containers to nobody. */
const PRIVATE_MOUNT = ['--user', '--map-root-user', '--mount'];

const canMount = process.env['HANSE_FULL'] === '1' && spawnSync('unshare', [...PRIVATE_MOUNT, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
if (process.env['HANSE_FULL'] === '1' && !canMount) console.log('full disk: not tried, this system lets us mount no small disk');

/** Fills a disk of 12 MB but for some KiB, then builds and reads; frees it, and does so again. */
const SCRIPT = `
  mkdir -p .hanse && mount -t tmpfs -o size=12m tmpfs .hanse || exit
  say() { printf '\\n%s: ' "$1"; shift; "$NODE" --disable-warning=ExperimentalWarning "$MAIN" "$@" 2>&1 | grep -v ': \\(building\\|checking\\|preparing slices\\)$'; }
  fill() { dd if=/dev/zero of=.hanse/fill bs=1024 count=$(($(df -k --output=avail .hanse | tail -1) - $1)) 2>/dev/null; }
  say first apply >/dev/null
  say first build network/airports >/dev/null
  for left in 0 64; do
    fill $left
    say "build with $left KiB left" build network/airports --force
    rm .hanse/fill
  done
  fill 0
  say 'a read that cannot be put on record' query --as mia --format csv 'select count(*) as airports from network.airports'
  rm .hanse/fill
  say 'read after' query --as mia --format csv 'select count(*) as airports from network.airports'
  say 'build after' build network/airports --force
  say verified log verify
`;

test.runIf(canMount)('a full disk: what, where, what to do, and nothing is lost', { timeout: 120_000 }, async () => {
  await using mesh = await openAirline();
  const environment = { PATH: process.env['PATH'], NODE: process.execPath, MAIN, VEGA_DATASETS: mesh.inputs };
  const { stdout } = await promisify(execFile)('unshare', [...PRIVATE_MOUNT, 'sh', '-c', SCRIPT], { cwd: mesh.folder, env: environment });
  expect(
    masked(mesh, stdout)
      .replaceAll('\r', '')
      .replace(/\d+ entries/, '<n> entries')
      .replace(/failed .*[Tt]he disk is full.*/, 'failed, and says that the disk is full'),
  ).toMatchInlineSnapshot(`
    "
    build with 0 KiB left: error: <folder>/.hanse/store.sqlite: the disk is full. The change did not happen; everything before it is kept.
      Free space on that disk and try again.

    build with 64 KiB left: failed, and says that the disk is full

    a read that cannot be put on record: error: <folder>/.hanse/store.sqlite: the disk is full. The change did not happen; everything before it is kept.
      Free space on that disk and try again.

    read after: airports
    3376

    build after: published network/airports:airports in <n> s: 3,376 rows, 25 rules hold, 1 skipped

    verified: <n> entries: every hash holds."
  `);
});

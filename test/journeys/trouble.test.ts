import { execFile } from 'node:child_process';
import { chmod, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { operations } from '@hanse/core/api/operations.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../packages/platform/src/clock.ts';
import { lockFolder } from '../../packages/platform/src/store/sqlite/lock.ts';
import { masked, type MeshFolder, openAirline, type Ran, type ServedFolder } from './mesh-folder.ts';

const COUNT = ['query', 'select count(*) as flights from operations.flights', '--format', 'csv', '--as', 'mia'];
/** Hours of work on few rows. */
const ENDLESS =
  'select sum(a.delay_minutes * b.delay_minutes % 7) from operations.flights a, operations.flights b, operations.flights c where a.origin <> b.destination';
const NOBODY = 65_534;

let mesh: MeshFolder;
let served: ServedFolder;

beforeAll(async () => {
  mesh = await openAirline();
  served = await mesh.serve();
  await mesh.done('apply');
  await mesh.done('build', 'operations/flights');
}, 120_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('bad YAML: file, line, column and what is wrong; nothing is applied', async () => {
  const path = join('network', 'airports', 'airports.odcs.yaml');
  const undo = await broken(path, 'version: 1.0.0', 'version: [1.0.0');
  const planned = await mesh.hanse('plan');
  expect([planned.code, masked(mesh, planned.stdout)]).toMatchInlineSnapshot(`
    [
      1,
      "error network/airports/airports.odcs.yaml:6:1: not well-formed YAML: Flow sequence in block collection must be sufficiently indented and end with a ] [document.yaml]
      Line it up with the lines it belongs to.
    The documents have errors: nothing can be applied.",
    ]
  `);
  expect(await mesh.hanse('apply')).toMatchObject({ code: 1 });
  await undo();
  const again = await broken('hanse.yaml', 'mesh: airline', 'mesh: {');
  expect(told(await mesh.hanse('plan'))).toMatchInlineSnapshot(`
    "1 error: <folder>/hanse.yaml:4:1: not well-formed YAML: Flow map in block collection must be sufficiently indented and end with a }
      Line it up with the lines it belongs to."
  `);
  await again();
  expect(await mesh.hanse('plan')).toMatchObject({ code: 0, stdout: 'No changes: the mesh is as the documents say.\n' });
});

test('a missing input file: the build names it, the version before still answers', async () => {
  await rename(join(mesh.inputs, 'flights-3m.parquet'), join(mesh.inputs, 'gone'));
  expect(told(await mesh.hanse('build', 'operations/flights'))).toMatchInlineSnapshot(
    `"1 failed    operations/flights:flights: source flights: \${VEGA_DATASETS}/flights-*.parquet names no file, or one that builds of operations may not read. Put it into the folder of operations. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.operations.folders; tables are read as domain.object, under an agreement."`,
  );
  await rename(join(mesh.inputs, 'gone'), join(mesh.inputs, 'flights-3m.parquet'));
  expect(await mesh.hanse(...COUNT)).toMatchObject({ code: 0, stdout: 'flights\r\n2997\r\n' });
});

test('an input without an agreement: the build says what to request', async () => {
  await mesh.done('access', 'revoke', 'routes-read-flights', '--reason', 'network counts its own', '--as', 'ann');
  expect(told(await mesh.hanse('build', 'network/routes', '--as', 'noor'))).toMatchInlineSnapshot(
    `"1 failed    network/routes:routes: operations/flights:flights: agreement routes-read-flights was revoked by ann: network counts its own. Request a role (full, west-coast): hanse access request operations/flights:flights --role <role> --for network/routes --purpose <why> --until <date>."`,
  );
});

test('who is no member builds nothing', async () => {
  expect(told(await mesh.hanse('build', 'operations/flights', '--as', 'mia'))).toMatchInlineSnapshot(`
    "1 error: mia is no member of operations
      Only members build a domain’s products."
  `);
});

test("a source reads nothing of the mesh's own storage", async () => {
  const undo = await broken('operations/flights/build.yaml', '${VEGA_DATASETS}/flights-*.parquet', '../../.hanse/files/**/*.parquet');
  await mesh.done('apply', '--as', 'ann');
  const refused = await mesh.hanse('build', 'operations/flights', '--as', 'ann');
  expect([refused.code, masked(mesh, refused.stdout).replace(/\.hanse\/files\/.*\.parquet/, '<a file>')]).toMatchInlineSnapshot(`
    [
      1,
      "failed    operations/flights:flights: source flights: ../../<a file> names no file, or one that builds of operations may not read. Put it into the folder of operations. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.operations.folders; tables are read as domain.object, under an agreement.",
    ]
  `);
  await undo();
  await mesh.done('apply', '--as', 'ann');
});

test('an answer that cannot be written names the place', async () => {
  expect(told(await mesh.hanse(...COUNT, '--out', join(mesh.inputs, 'nowhere', 'answer.csv')))).toMatchInlineSnapshot(`
    "1 error: <inputs>/nowhere/answer.csv: cannot be written (ENOENT: no such file or directory, open '<inputs>/nowhere/answer.csv.part')
      Name another place with --out, or correct its permissions."
  `);
});

test('a killed worker fails its query clearly, leaves no half of an answer, and the next query is answered', async () => {
  const { token } = await mesh.json(operations.createToken.output, 'token', 'create', 'mia');
  const file = join(mesh.inputs, 'answer.csv');
  const inTerminal = mesh.hanse('query', ENDLESS, '--as', 'mia', '--format', 'csv', '--out', file);
  const overHttp = served.fetch('/api/query', { token, body: { sql: ENDLESS } });
  let ended = false;
  void Promise.all([inTerminal, overHttp]).finally(() => (ended = true));
  await expect.poll(() => killBusyWorkers(served.pid).then(() => ended), { timeout: 30_000 }).toBe(true);
  const answer = await overHttp;
  expect([told(await inTerminal), answer.status, await answer.json()]).toMatchInlineSnapshot(`
    [
      "1 error: The query worker ended by itself (SIGKILL).
      Ask again; nothing was changed.",
      502,
      {
        "error": {
          "code": "external",
          "hint": "Ask again; nothing was changed.",
          "message": "The query worker ended by itself (SIGKILL).",
        },
      },
    ]
  `);
  expect((await readdir(mesh.inputs)).filter((name) => name.startsWith('answer'))).toEqual([]);
  expect(await mesh.hanse(...COUNT)).toMatchObject({ code: 0, stdout: 'flights\r\n2997\r\n' });
});

test('a second process is told who holds the folder, or the address', async () => {
  expect(told(await mesh.hanse('up', '--listen', '127.0.0.1:0'))).toMatchInlineSnapshot(`
    "1 error: <folder>/.hanse is in use by process <pid>, which started at <time> and serves http://<address>.
      Use that process at http://<address>, or end it (kill <pid>) and try again."
  `);
  const elsewhere = ['--listen', new URL(served.url).host, '--storage', join(mesh.inputs, 'storage')];
  expect(told(await mesh.hanse('up', ...elsewhere))).toMatchInlineSnapshot(`
    "1 error: <address> cannot be listened on: listen EADDRINUSE: address already in use <address>
      Take another with --listen, or port 0 for a free one."
  `);
  expect(await served.stop()).toMatchObject({ code: 0 });
  const lock = lockFolder(mesh.storage, systemClock);
  const second = await mesh.hanse('status');
  lock.release();
  expect(told(second)).toMatchInlineSnapshot(`
    "1 error: <folder>/.hanse is in use by process <pid>, which started at <time>.
      Use that process, or end it (kill <pid>) and try again."
  `);
});

test('a missing variable is named', async () => {
  expect(told(await mesh.hanseWith({ environment: { VEGA_DATASETS: undefined } }, 'build', 'operations/flights'))).toMatchInlineSnapshot(
    `"1 failed    operations/flights:flights: source flights: the variable \`VEGA_DATASETS\` is not set. Set it in the environment of the process, or write a default: \${VEGA_DATASETS:-...}."`,
  );
});

test('a heavy statement ends at its deadline', async () => {
  expect(told(await mesh.hanse('query', ENDLESS, '--as', 'mia', '--deadline', '1'))).toMatchInlineSnapshot(`
    "1 error: The query was stopped at its deadline of 1 s.
      Ask for less, or give it longer: --deadline, --build-deadline for builds, --test-deadline for tests of contracts."
  `);
});

test('a storage folder that may not be written: what, where, what to do, and nothing is lost', async () => {
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  await chmod(dirname(mesh.folder), 0o755);
  await chmod(mesh.storage, 0o555);
  const readOnly = (...args: string[]) => mesh.hanseWith(uid === undefined ? {} : { uid }, ...args);
  expect(told(await readOnly(...COUNT))).toMatchInlineSnapshot(`
    "1 error: <folder>/.hanse/store.sqlite cannot be opened for writing (EACCES: permission denied, access '<folder>/.hanse').
      Give the user who runs Hanse read and write permission on the folder and all files in it, or name another folder."
  `);
  expect(told(await readOnly('build', 'network/airports', '--force'))).toMatchInlineSnapshot(`
    "1 error: <folder>/.hanse/store.sqlite cannot be opened for writing (EACCES: permission denied, access '<folder>/.hanse').
      Give the user who runs Hanse read and write permission on the folder and all files in it, or name another folder."
  `);
  expect(told(await readOnly('status', '--storage', join(mesh.folder, 'new')))).toMatchInlineSnapshot(`
    "1 error: <folder>/new: cannot be made (EACCES: permission denied, mkdir '<folder>/new')
      Name another place with --storage, or correct its permissions."
  `);
  await chmod(mesh.storage, 0o700);
  await mesh.done(...COUNT);
});

function told({ code, stdout, stderr }: Ran): string {
  return `${code} ${masked(mesh, stdout + stderr)}`;
}

/** Damages a document; returns how to mend it. */
async function broken(path: string, from: string, to: string): Promise<() => Promise<void>> {
  await mesh.edit(path, from, to);
  return () => mesh.edit(path, to, from);
}

/** Kills the processes below a server that have run a consumer's SQL for a second or more. */
async function killBusyWorkers(server: number): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,ppid=,time=,args=']);
  const processes = [...stdout.matchAll(/^ *(\d+) +(\d+) +(\S+) (.*)$/gm)].map(([, pid, parent, time, args]) => ({
    pid: Number(pid),
    parent: Number(parent),
    time: time ?? '',
    args: args ?? '',
  }));
  const isBelow = (pid: number): boolean => pid === server || processes.some((one) => one.pid === pid && isBelow(one.parent));
  const busy = processes.filter(
    ({ pid, time, args }) => args.includes('session-worker') && time.split(':').reduce((sum, part) => 60 * sum + Number(part), 0) >= 1 && isBelow(pid),
  );
  for (const { pid } of busy) process.kill(pid, 'SIGKILL');
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLocalFiles } from './open.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);

/** Seals files as fast as it can and says so, until it is killed. */
const sealer = `
  import { writeFile } from 'node:fs/promises';
  import { openLocalFiles } from ${JSON.stringify(new URL('open.ts', import.meta.url).href)};
  const files = await openLocalFiles({ folder: process.argv[1] });
  for (let number = 0; ; number += 1) {
    const staged = await files.stage('data', 'bin');
    await writeFile(staged.path, Buffer.alloc(number * 4099 % 300_000, number));
    process.stdout.write((await files.seal(staged)).name + '\\n');
  }
`;

/** Kills the sealer so long after its first file, and returns the names that it had said were sealed. */
async function killWhileSealing(folder: string, afterMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', sealer, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs));
  for await (const text of child.stdout) said += text;
  return said.split('\n').slice(0, -1);
}

test(
  'a process killed while it seals leaves whole files only, all it had announced, and leftovers that sweep takes',
  { timeout: 30_000 * Math.max(1, scale) },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 30, noNaN: true }), async (afterMs) => {
        const folder = await mkdtemp(join(tmpdir(), 'hanse-kill-'));
        const announced = await killWhileSealing(folder, afterMs);
        expect(announced.length).toBeGreaterThan(0);
        const files = await openLocalFiles({ folder });
        const visible = new Set<string>();
        for await (const { name } of files.list('data')) {
          const bytes = await readFile((await files.open(name)) ?? '');
          expect(name).toContain(createHash('sha256').update(bytes).digest('hex'));
          visible.add(name);
        }
        expect(announced.filter((name) => !visible.has(name))).toEqual([]);
        expect(await files.sweep(-1000)).toBeLessThanOrEqual(1);
        expect(await files.sweep(-1000)).toBe(0);
      }),
      { numRuns: Math.ceil(8 * scale) },
    );
  },
);

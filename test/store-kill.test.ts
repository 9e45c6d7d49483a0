import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { systemClock } from '../packages/platform/src/clock.ts';
import { seededRandom } from '../packages/platform/src/store/faulty-store.fixture.ts';
import { openSqliteStore } from '../packages/platform/src/store/sqlite/open.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const kills = Math.min(200, Math.ceil(20 * scale));
const seed = Number(process.env['HANSE_TEST_SEED'] ?? Date.now() % 1_000_000);
const program = join(import.meta.dirname, 'store-kill-child.ts');

interface Acknowledged {
  readonly entries: Map<number, string>;
  readonly reads: Set<string>;
}

/** One life of the process: killed after that many lines, at whatever it does by then. */
async function live(folder: string, life: number, lines: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [program, folder, `life ${life}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const acknowledged: Acknowledged = { entries: new Map(), reads: new Set() };
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, first = '', ...rest] = line.split(' ');
    // What reached the pipe was acknowledged, also while the kill was on its way.
    if (kind === 't') acknowledged.entries.set(Number(first), rest.join(' '));
    if (kind === 'r') acknowledged.reads.add([first, ...rest].join(' '));
    if (count === lines) child.kill('SIGKILL');
    count += 1;
  }
  const [code] = await exited;
  if (code !== null) throw new Error(`the process ended by itself with ${code}: ${errors}`);
  return acknowledged;
}

test(`killed ${kills} times while writing, it loses nothing acknowledged (HANSE_TEST_SEED=${seed})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-kill-'));
  const random = seededRandom(seed);
  const all: Acknowledged = { entries: new Map(), reads: new Set() };
  for (let life = 0; life < kills; life += 1) {
    const lines = Math.floor(random() ** 2 * 400);
    const { entries, reads } = await live(folder, life, lines);
    for (const [sequence, hash] of entries) all.entries.set(sequence, hash);
    for (const digest of reads) all.reads.add(digest);
    const store = await openSqliteStore({ folder, clock: systemClock });
    const kept = new Map((await store.log()).map(({ sequence, hash }) => [sequence, hash]));
    const keptReads = new Set((await store.reads({ limit: Number.MAX_SAFE_INTEGER })).map(({ digest }) => digest));
    expect([...all.entries].filter(([sequence, hash]) => kept.get(sequence) !== hash)).toEqual([]);
    expect([...all.reads].filter((digest) => !keptReads.has(digest))).toEqual([]);
    // Walking all of it after each kill would cost the square of their number.
    expect(life % 5 === 0 || life === kills - 1 ? await store.verify() : []).toEqual([]);
    await store.close();
  }
  expect(all.entries.size).toBeGreaterThan(kills);
  console.log(`store: ${kills} kills, ${all.entries.size} transactions and ${all.reads.size} reads acknowledged, none lost`);
  rmSync(folder, { recursive: true, force: true });
}, 1_200_000);

import { expect, test } from 'vitest';
import { chooseDeaths } from './kill/deaths.ts';
import { runRound } from './kill/kill-round.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const seed = Number(process.env['HANSE_TEST_SEED'] ?? Date.now() % 1_000_000);
const kills = Math.min(200, Math.ceil(14 * scale));
const ROUND = 25;

test(
  `killed ${kills} times while it publishes, a mesh shows old or new and leaves nothing behind (HANSE_TEST_SEED=${seed})`,
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    const deaths = chooseDeaths(kills, seed);
    let reads = 0;
    for (let start = 0; start < deaths.length; start += ROUND) reads += (await runRound(deaths.slice(start, start + ROUND), () => {})).reads;
    expect(reads).toBeGreaterThan(kills);
    console.log(`publish: ${kills} kills, ${reads} reads, never a mixture`);
  },
);

import { parseArgs } from 'node:util';
import { chooseDeaths } from './kill/deaths.ts';
import { runRound } from './kill/kill-round.ts';

/** `npm run test:kill -- --count 200 --seed 1`: kills the real process at every step of a publish, with readers running. */
const { values } = parseArgs({ options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } });
const [count, seed] = [Number(values.count), Number(values.seed)];
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) throw new Error('--count and --seed are whole numbers, --count above 0');
/** A mesh that many kills old is given up for a new one, so that a kill costs the same from first to last. */
const ROUND = 25;

console.log(`publish: ${count} kills, seed ${seed}`);
const deaths = chooseDeaths(count, seed);
let [passed, reads] = [0, 0];
let failure: unknown;
try {
  for (let start = 0; start < deaths.length; start += ROUND) {
    const round = await runRound(deaths.slice(start, start + ROUND), ({ table, step, afterMs }) => {
      passed += 1;
      console.log(`${String(passed).padStart(5)} ${table} ${step}${afterMs === undefined ? '' : ` + ${afterMs} ms`}`);
    });
    reads += round.reads;
  }
} catch (error) {
  failure = error;
  console.error(`kill ${passed + 1} (again with --count ${count} --seed ${seed}):`, error);
}
console.log(`${passed} kills: ${reads} reads saw the old version or the new one, never a mixture; every hash verifies; nothing is left over`);
console.log(`${passed} passed, ${failure === undefined ? 0 : 1} failed`);
process.exit(failure === undefined ? 0 : 1);

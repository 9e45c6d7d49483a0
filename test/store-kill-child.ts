import { writeSync } from 'node:fs';
import { systemClock } from '../packages/platform/src/clock.ts';
import { openSqliteStore } from '../packages/platform/src/store/sqlite/open.ts';

/** Commits and records reads until it is killed; prints `t <sequence>` and `r <count>` only for what was acknowledged. */
const [folder = '', life = ''] = process.argv.slice(2);
const store = await openSqliteStore({ folder, clock: systemClock });
const text = 'x'.repeat(3000);
writeSync(1, 'open\n');

async function commit(): Promise<void> {
  for (let number = 0; ; number += 1) {
    const writes = [0, 1, 2].map(
      (slot) => ({ op: 'put', kind: 'run', id: `r${(number + slot) % 7}`, home: { kind: 'mesh' }, body: { life, number, text } }) as const,
    );
    const result = await store.transact({ actor: life, intent: 'test', reason: `number ${number}`, writes });
    if (result.kind === 'committed') writeSync(1, `t ${result.entry.sequence} ${result.entry.hash}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function read(): Promise<void> {
  for (let number = 0; ; number += 1) {
    const digest = `${life}/${number}`;
    await store.recordRead({ at: systemClock.now(), principal: life, statement: 'select ?', digest, tables: [] });
    writeSync(1, `r ${digest}\n`);
  }
}

await Promise.all([commit(), read(), read()]);

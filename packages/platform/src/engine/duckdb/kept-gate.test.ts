import { expect, test } from 'vitest';
import { keptGate } from './kept-gate.ts';

function countingGate() {
  const asked: string[] = [];
  const gate = keptGate(async (sql) => {
    asked.push(sql);
    if (sql.includes('drop')) throw new Error('refused');
    return { analysis: { sql: sql.toUpperCase(), tables: [], normalised: sql }, tree: null };
  });
  return { asked, gate };
}

test('what passed is known again, as it was written and as it is run', async () => {
  const { asked, gate } = countingGate();
  const first = await gate('select 1');
  expect(await gate('select 1')).toBe(first);
  expect(await gate('SELECT 1')).toBe(first);
  expect(asked).toEqual(['select 1']);
});

test('a refusal is not remembered, and neither is what was asked long ago', async () => {
  const { asked, gate } = countingGate();
  await expect(gate('drop')).rejects.toThrow('refused');
  await expect(gate('drop')).rejects.toThrow('refused');
  await gate('select 1');
  await gate(`select '${'x'.repeat(70_000)}'`);
  await gate('select 2');
  await gate('select 1');
  expect(asked.map((sql) => sql.slice(0, 8))).toEqual(['drop', 'drop', 'select 1', "select '", 'select 2', 'select 1']);
});

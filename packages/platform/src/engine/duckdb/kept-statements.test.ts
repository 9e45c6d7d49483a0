import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { keptStatements } from './kept-statements.ts';

test('a text is planned once, and asked again after an error', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const planned: string[] = [];
  const asking = keptStatements({ prepare: (sql) => (planned.push(sql), connection.prepare(sql)) });
  const ask = async (text: string) => (await asking.runAndReadAll('SELECT $1::VARCHAR::INTEGER + 1', [text])).getRows();
  expect(await ask('1')).toEqual([[2]]);
  await expect(ask('one')).rejects.toThrow('Conversion Error');
  expect(await ask('2')).toEqual([[3]]);
  expect(planned).toHaveLength(1);
  connection.closeSync();
  instance.closeSync();
});

import { DuckDBInstance } from '@duckdb/node-api';

/** Asks a plain DuckDB of its own: what an answer is compared with, and what makes the files that are delivered. */
export async function askDuckdb(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

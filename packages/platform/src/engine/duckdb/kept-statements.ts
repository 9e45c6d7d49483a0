import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api';

/** As much of a connection as asks a question whose SQL is always the same. */
export type Asking = Pick<DuckDBConnection, 'runAndReadAll'>;

/** Plans each SQL text once: for the few of our own whose planning is most of their time. One question at a time. */
export function keptStatements(connection: Pick<DuckDBConnection, 'prepare'>): Asking {
  const kept = new Map<string, DuckDBPreparedStatement>();
  return {
    async runAndReadAll(sql: string, values?: DuckDBValue[] | Record<string, DuckDBValue>): Promise<DuckDBResultReader> {
      const prepared = kept.get(sql) ?? (await connection.prepare(sql));
      kept.set(sql, prepared);
      if (values !== undefined) prepared.bind(values);
      return prepared.runAndReadAll();
    },
  };
}

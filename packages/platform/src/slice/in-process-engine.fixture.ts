import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { copyFile } from '../engine/duckdb/copy-file.ts';
import { relationSql, schemaSql } from '../engine/duckdb/relation-sql.ts';
import type { Engine, Session, SessionOptions } from '../engine/engine.ts';

/** DuckDB in this process, for tests that need many short sessions: `write` alone, by the worker's own code. */
export async function openInProcessEngine(): Promise<Engine & { readonly connection: DuckDBConnection }> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const unused = () => Promise.reject(new Error('not in this engine'));
  return { connection, parse: unused, boundPlan: unused, session: openSession, close: async () => connection.closeSync() };
}

async function openSession({ relations, writable }: SessionOptions): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const relation of relations) {
    await connection.run(schemaSql(relation.schema));
    await connection.run(relationSql(relation));
  }
  const unused = () => Promise.reject(new Error('not in this engine'));
  return {
    describe: unused,
    rows: unused,
    stream: unused,
    async write(statement, target) {
      if (!writable?.includes(target.path)) throw new Error(`not writable: ${target.path}`);
      return copyFile(connection, statement, target);
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

import { DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '@hanse/core/table/column.ts';
import { copyFile } from '../engine/duckdb/copy-file.ts';
import { openHolding } from '../engine/duckdb/harden.ts';
import type { Engine, Limits, Relation, Session } from '../engine/engine.ts';
import type { Files } from '../files/files.ts';

export const noLimits: Limits = { memoryBytes: 1e9, tempBytes: 1e9, deadlineMs: 60_000 };

/** A DuckDB of its own, hardened as a worker is, that sees these relations and may write these files. */
export async function openHeld(relations: readonly Relation[], writable: readonly string[] = []) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await openHolding(connection, { ...noLimits, threads: 1, relations, writable }, '');
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  return { connection, [Symbol.dispose]: close };
}

/** The engine's own code without its processes, for tests that need hundreds of sessions: `write` alone. */
export const inProcessEngine: Pick<Engine, 'session'> = {
  async session({ relations, writable = [] }): Promise<Session> {
    const held = await openHeld(relations, writable);
    const unused = () => Promise.reject(new Error('not in this engine'));
    return {
      describe: unused,
      rows: unused,
      stream: unused,
      async write(statement, target) {
        if (!writable.includes(target.path)) throw new Error(`not writable: ${target.path}`);
        return copyFile(held.connection, statement, target);
      },
      [Symbol.asyncDispose]: async () => held[Symbol.dispose](),
    };
  },
};

/** Seals a data file of what a SELECT gives. */
export async function writeDataFile(files: Files, sql: string, columns: readonly Column[]): Promise<string> {
  const staged = await files.stage('data', 'parquet');
  await using session = await inProcessEngine.session({ relations: [], limits: noLimits, writable: [staged.path] });
  await session.write({ sql }, { path: staged.path, columns });
  return (await files.seal(staged)).name;
}

/** Reads a Parquet file as `t.t` with these columns. */
export async function readAs(path: string, columns: readonly Column[], sql: string): Promise<readonly unknown[]> {
  using held = await openHeld([{ schema: 't', name: 't', format: 'parquet', files: [path], columns }]);
  return (await held.connection.runAndReadAll(sql)).getRowsJson();
}

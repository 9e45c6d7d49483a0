import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '@hanse/core/table/column.ts';
import type { Files } from '../../files/files.ts';
import type { Engine, Limits, Relation, Session } from '../engine.ts';
import { copyFile } from './copy-file.ts';
import { parquetFieldsSql, relationSql, schemaSql } from './relation-sql.ts';

export const noLimits: Limits = { memoryBytes: 1e9, tempBytes: 1e9, deadlineMs: 60_000 };

/** A table read with these columns; held until disposed, nobody else reads meanwhile. */
export interface HeldTables extends AsyncDisposable {
  readonly connection: DuckDBConnection;
}

/** The engine's own code on one DuckDB of this process, for tests that need hundreds of short sessions. */
export interface Workbench {
  readonly engine: Pick<Engine, 'session'>;
  hold(relations: readonly Relation[]): Promise<HeldTables>;
  /** Seals a data file of what a SELECT gives. */
  writeDataFile(files: Files, sql: string, columns: readonly Column[]): Promise<string>;
  /** Reads a Parquet file as `t.t` with these columns. */
  readAs(path: string, columns: readonly Column[], sql: string): Promise<readonly unknown[]>;
  close(): void;
}

export async function openWorkbench(): Promise<Workbench> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  let turn = Promise.resolve();

  async function hold(relations: readonly Relation[]): Promise<HeldTables> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = turn;
    turn = promise;
    await before;
    for (const relation of relations) await show(connection, relation);
    return {
      connection,
      async [Symbol.asyncDispose]() {
        for (const { schema } of relations) await connection.run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
        resolve();
      },
    };
  }

  const engine: Workbench['engine'] = { session: async ({ relations, writable = [] }) => writingSession(await hold(relations), writable) };
  return {
    engine,
    hold,
    writeDataFile: (files, sql, columns) => writeDataFile(engine, files, { sql, columns }),
    async readAs(path, columns, sql) {
      await using held = await hold([{ schema: 't', name: 't', format: 'parquet', files: [path], columns }]);
      return (await held.connection.runAndReadAll(sql)).getRowsJson();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function show(connection: DuckDBConnection, relation: Relation): Promise<void> {
  const rows = (await connection.runAndReadAll(parquetFieldsSql(relation))).getRows();
  const fields = relation.files.map((path) => ({
    path,
    names: new Map(rows.filter(([file]) => file === path).map(([, id, name]) => [Number(id), String(name)])),
  }));
  await connection.run(schemaSql(relation.schema));
  await connection.run(relationSql(relation, { header: [], fields }));
}

function writingSession(held: HeldTables, writable: readonly string[]): Session {
  const unused = () => Promise.reject(new Error('not in this engine'));
  return {
    parse: unused,
    describe: unused,
    rows: unused,
    stream: unused,
    async write(statement, target) {
      if (!writable.includes(target.path)) throw new Error(`not writable: ${target.path}`);
      return copyFile(held.connection, statement, target);
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

async function writeDataFile(
  engine: Workbench['engine'],
  files: Files,
  { sql, columns }: { readonly sql: string; readonly columns: readonly Column[] },
): Promise<string> {
  const staged = await files.stage('data', 'parquet');
  await using session = await engine.session({ relations: [], limits: noLimits, writable: [staged.path] });
  await session.write({ sql }, { path: staged.path, columns });
  return (await files.seal(staged)).name;
}

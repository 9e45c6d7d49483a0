import { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { rowTextSql } from 'hanse/engine/duckdb/result-sql.ts';
import { describeSelect } from 'hanse/engine/duckdb/session-statement.ts';
import { fetchText } from 'hanse/engine/duckdb/text-chunk.ts';

/** DuckDB in this process, with nothing around it. */
export interface RawDuckDb extends Disposable {
  run(sql: string): Promise<void>;
  /** A result as JSON lines, made and fetched as the engine's workers do. */
  lines(sql: string): Promise<string>;
}

export async function openRawDuckDb(memoryMb: number, threads: number): Promise<RawDuckDb> {
  const database = await duckdb.open(':memory:', configOf({ memory_limit: `${memoryMb}MB`, threads: String(threads) }));
  const raw = await duckdb.connect(database);
  const connection = new DuckDBConnection(raw);
  await connection.run("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true");
  return {
    run: async (sql) => void (await connection.run(sql)),
    async lines(sql) {
      const text = rowTextSql('jsonl', sql, await describeSelect(connection, { sql }));
      const result = await duckdb.execute_prepared_streaming(await duckdb.prepare(raw, text));
      const parts: Uint8Array[] = [];
      for (let chunk = await fetchText(result); ; chunk = await fetchText(result)) {
        if (chunk === undefined) throw new Error(`the result broke off: ${sql}`);
        parts.push(...chunk.parts);
        if (chunk.end) return Buffer.concat(parts).toString();
      }
    },
    [Symbol.dispose]: () => {
      connection.closeSync();
      duckdb.close_sync(database);
    },
  };
}

function configOf(settings: Readonly<Record<string, string>>) {
  const config = duckdb.create_config();
  for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value);
  return config;
}

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeThrift } from './encode-thrift.ts';
import { type Footer, readFooter } from './footer.ts';
import { sameRowGroups, spliceColumns, type SplicedColumn } from './splice-columns.ts';

let folder: string;
let duckdb: DuckDBConnection;
let whole: string;
let footer: Footer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-splice-'));
  duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  whole = join(folder, 'whole.parquet');
  await duckdb.run(`COPY (SELECT i AS id, 'geheim' || i % 50 AS secret, i % 10 AS code, {'a': i, 'b': [{'c': 'x' || i % 9}]} AS nested,
      CASE WHEN i % 2 = 0 THEN MAP {'k': i} END AS props, i / 7 AS ratio FROM range(40000) r(i))
    TO '${whole}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096, KV_METADATA {note: 'geheim note'},
      FIELD_IDS {id: 1, secret: 2, code: 3, nested: {__duckdb_field_id: 4, a: 5, b: {__duckdb_field_id: 6, element: {__duckdb_field_id: 7, c: 8}}},
        props: {__duckdb_field_id: 9, key: 10, value: 11}, ratio: 12})`);
  footer = await readFooter(whole);
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true });
});

async function rows(sql: string): Promise<readonly unknown[]> {
  return (await duckdb.runAndReadAll(sql)).getRowsJson();
}

async function keep(name: string, ids: readonly number[]): Promise<{ readonly path: string; readonly hash: string }> {
  const columns = ids.map((id): SplicedColumn => ({ source: { path: whole, footer }, field: footer.fields.find((field) => field.id === id) ?? expect.fail() }));
  const [first = expect.fail(), ...rest] = columns;
  const path = join(folder, name);
  return { path, hash: await spliceColumns(path, [first, ...rest]) };
}

test("DuckDB's footers come back byte for byte", async () => {
  const bytes = await readFile(whole);
  expect(Buffer.from(encodeThrift(footer.tree)).equals(bytes.subarray(footer.start, -8))).toBe(true);
  expect(footer).toMatchObject({ rows: 40_000, bytes: bytes.length });
  expect(footer.fields.map(({ ids, firstLeaf, leaves }) => `${ids.join(' ')}: ${leaves} from ${firstLeaf}`)).toMatchInlineSnapshot(`
    [
      "1: 1 from 0",
      "2: 1 from 1",
      "3: 1 from 2",
      "4 5 6 7 8: 2 from 3",
      "9 10 11: 2 from 5",
      "12: 1 from 7",
    ]
  `);
});

test('columns that stay are equal, in any order, nested ones too', async () => {
  const { path, hash } = await keep('some.parquet', [4, 12, 9, 1]);
  const [spliced, original] = [`(FROM read_parquet('${path}'))`, `(SELECT nested, ratio, props, id FROM read_parquet('${whole}'))`];
  expect(await rows(`SELECT count(*), count(*) FILTER (a IS DISTINCT FROM b) FROM ${spliced} a POSITIONAL JOIN ${original} b`)).toEqual([['40000', '0']]);
  expect(await rows(`DESCRIBE ${spliced}`)).toEqual(await rows(`DESCRIBE ${original}`));
  const made = await readFooter(path);
  expect(made).toMatchObject({ rows: 40_000, bytes: (await readFile(path)).length });
  expect(sameRowGroups(made, footer)).toBe(true);
  expect(
    createHash('sha256')
      .update((await readFile(path)).subarray(0, made.start))
      .digest('hex'),
  ).toBe(hash);
});

test('statistics and Bloom filters of the columns that stay still prune', async () => {
  const { path } = await keep('pruned.parquet', [1, 3]);
  const described = (file: string) =>
    rows(`SELECT row_group_id, path_in_schema, stats_min_value, stats_max_value, stats_null_count, num_values, encodings, compression,
    total_compressed_size, total_uncompressed_size, bloom_filter_length FROM parquet_metadata('${file}') WHERE path_in_schema IN ('id', 'code') ORDER BY ALL`);
  expect(await described(path)).toEqual(await described(whole));
  expect(await rows(`SELECT DISTINCT bloom_filter_excludes FROM parquet_bloom_probe('${path}', 'code', 7)`)).toEqual([[false]]);
  expect(await rows(`SELECT DISTINCT bloom_filter_excludes FROM parquet_bloom_probe('${path}', 'code', 123456::BIGINT)`)).toEqual([[true]]);
  expect(await rows(`SELECT count(*) FROM read_parquet('${path}') WHERE code = 7`)).toEqual([['4000']]);
});

test('nothing tells of the columns that went', async () => {
  const { path } = await keep('clean.parquet', [1, 3, 4]);
  const bytes = (await readFile(path)).toString('latin1');
  expect(['secret', 'geheim', 'note', 'ratio'].filter((text) => bytes.includes(text))).toEqual([]);
  expect(await rows(`SELECT * FROM parquet_kv_metadata('${path}')`)).toEqual([]);
  expect(await rows(`SELECT count(*) FROM parquet_schema('${path}') WHERE name IN ('secret', 'ratio', 'props')`)).toEqual([['0']]);
  const groups = `SELECT row_group_bytes = sum(total_uncompressed_size), row_group_compressed_bytes = sum(total_compressed_size) FROM parquet_metadata('${path}')`;
  expect(await rows(`SELECT DISTINCT * FROM (${groups} GROUP BY row_group_id, row_group_bytes, row_group_compressed_bytes)`)).toEqual([[true, true]]);
  const sizes = await rows(`SELECT sum(total_compressed_size) + coalesce(sum(bloom_filter_length), 0) FROM parquet_metadata('${path}')`);
  expect(sizes).toEqual([[String((await readFooter(path)).start - 4)]]);
});

test('a file cut short is an error that names it', async () => {
  const { path } = await keep('cut.parquet', [1]);
  await truncate(path, 5000);
  await expect(readFooter(path)).rejects.toThrow(`${path} is no whole Parquet file.`);
  await truncate(path, 3);
  await expect(readFooter(path)).rejects.toThrow(`${path} is no whole Parquet file.`);
});

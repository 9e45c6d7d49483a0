import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FileSource } from '@hanse/core/product/build-file.ts';
import { beforeAll, expect, test } from 'vitest';
import { limits, plain, testFolder, testSessions } from '../../engine/duckdb/sessions.fixture.ts';
import { openLocalFiles } from '../../files/local/open.ts';
import { sourceOpener } from '../open-source.ts';
import type { Landing } from '../source.ts';

const folder = await testFolder();
const sessions = testSessions(folder);
const repository = join(folder, 'repository');
const outside = join(folder, 'outside');
const product = join(repository, 'finance/churn');
const open = sourceOpener({
  repository,
  permitted: { finance: { folders: ['${SHARED}'], databases: [], variables: ['MONTH', 'NOWHERE'] } },
  storage: join(repository, '.hanse'),
  environment: { SHARED: outside, MONTH: '2026-01' },
  files: await openLocalFiles({ folder: join(folder, 'files') }),
});

beforeAll(async () => {
  await mkdir(product, { recursive: true });
  await mkdir(outside);
  await writeFile(join(repository, 'finance/domain.yaml'), 'name: finance\nowner: femi\n');
  const texts = {
    'rows.csv': 'n,word\n1,one\n2,"two, too"\n',
    'rows.tsv': 'n\tword\n1\tone\n2\ttwo, too\n',
    'rows.json': '[{"n": 1, "word": "one"}, {"n": 2, "word": "two, too"}]',
    'rows.jsonl': '{"n": 1, "word": "one"}\n{"n": 2, "word": "two, too"}\n',
    'rows.dat': '1;one\n2;"two, too"\n',
    'months/2026-01.csv': 'n,word\n1,one\n',
    'months/2026-02.csv': 'word,n,more\n"two, too",2,x\n',
    readme: 'nothing',
  };
  await mkdir(join(product, 'months'));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(product, name), text);
  await writeFile(join(product, 'rows.csv.gz'), gzipSync(texts['rows.csv']));
  await writeFile(join(product, 'rows.ndjson.gz'), gzipSync(texts['rows.jsonl']));
  await writeFile(join(outside, 'rows.csv'), texts['rows.csv']);
  await plain(`COPY (SELECT * FROM read_csv('${join(product, 'rows.csv')}')) TO '${join(product, 'rows.parquet')}' (FORMAT parquet)`);
});

const land = (source: Partial<FileSource> & Pick<FileSource, 'file'>): Promise<Landing> =>
  open({ kind: 'file', ...source }, { folder: 'finance/churn', domain: 'finance', label: 'finance/churn: source rows' }).land({});

/** What a build reads of each, in one worker. */
async function rowsOf(sources: readonly (Partial<FileSource> & Pick<FileSource, 'file'>)[]): Promise<readonly (readonly unknown[])[]> {
  const landings = await Promise.all(sources.map(land));
  await using session = await sessions.session({
    relations: landings.map(({ relation }, index) => ({ ...relation, schema: 'source', name: `rows${index}` })),
    limits,
  });
  return await Array.fromAsync(sources.keys(), (index) => session.rows({ sql: `SELECT CAST(n AS INTEGER) AS n, word FROM source.rows${index} ORDER BY n` }));
}

const ROWS = [
  { n: 1, word: 'one' },
  { n: 2, word: 'two, too' },
];

test('every format, compressed or not, by name or pattern, here or in a folder that hanse.yaml opens', async () => {
  const names = [
    'rows.csv',
    'rows.tsv',
    'rows.json',
    'rows.jsonl',
    'rows.parquet',
    'rows.csv.gz',
    'rows.ndjson.gz',
    './rows.csv',
    'months/*.csv',
    '${SHARED}/rows.csv',
    '../churn/rows.csv',
  ];
  const found = await rowsOf(names.map((file) => ({ file })));
  expect(Object.fromEntries(names.map((name, index) => [name, found[index]]))).toEqual(Object.fromEntries(names.map((name) => [name, ROWS])));
});

test('what build.yaml says of a file goes before its name', async () => {
  const columns = [
    { name: 'n', type: 'BIGINT' },
    { name: 'word', type: 'VARCHAR' },
  ];
  const found = await rowsOf([
    { file: 'rows.dat', format: 'csv', csv: { delimiter: ';', header: false }, columns },
    { file: 'rows.csv', columns: columns.toReversed() },
    { file: 'rows.csv', csv: { nullText: 'one' } },
    { file: 'months/${MONTH}.csv' },
  ]);
  expect(found).toEqual([ROWS, ROWS, [{ n: 1, word: null }, ROWS[1]], [ROWS[0]]]);
});

test('what cannot be read says which, and what to do', async () => {
  const refused = async (source: Partial<FileSource> & Pick<FileSource, 'file'>) => {
    try {
      return (await land(source)).relation.files.join();
    } catch (error) {
      return error instanceof Error && 'hint' in error ? `${error.message}. ${error.hint}` : error;
    }
  };
  expect([
    await refused({ file: 'nothing.csv' }),
    await refused({ file: 'months/*.parquet' }),
    await refused({ file: '${NOWHERE}/rows.csv' }),
    await refused({ file: 'readme' }),
    await refused({ file: 'rows.csv', columns: [{ name: 'n', type: 'NUMBR' }] }),
    await refused({ file: '../../../outside/../outside/../none.csv' }),
  ]).toMatchInlineSnapshot(`
    [
      "finance/churn: source rows: nothing.csv names no file, or one that builds of finance may not read. Put it into the folder of finance. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.finance.folders; tables are read as domain.object, under an agreement.",
      "finance/churn: source rows: months/*.parquet names no file, or one that builds of finance may not read. Put it into the folder of finance. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.finance.folders; tables are read as domain.object, under an agreement.",
      "finance/churn: source rows: the variable \`NOWHERE\` is not set. Set it in the environment of the process, or write a default: \${NOWHERE:-...}.",
      "finance/churn: source rows: the format of readme cannot be told from its name. Say it in build.yaml: format: csv, json or parquet.",
      "finance/churn: source rows: column n has the type NUMBR, which is not known. Write a DuckDB type, as BIGINT or DECIMAL(18,2).",
      "finance/churn: source rows: ../../../outside/../outside/../none.csv names no file, or one that builds of finance may not read. Put it into the folder of finance. Other folders are named by whoever runs the mesh, in hanse.yaml under sources.finance.folders; tables are read as domain.object, under an agreement.",
    ]
  `);
});

test('the position is another when a file comes, goes or changes', async () => {
  const positions = new Set([JSON.stringify((await land({ file: 'months/*.csv' })).position)]);
  expect(positions.has(JSON.stringify((await land({ file: 'months/*.csv' })).position))).toBe(true);
  await writeFile(join(product, 'months/2026-03.csv'), 'n,word\n3,three\n');
  positions.add(JSON.stringify((await land({ file: 'months/*.csv' })).position));
  await writeFile(join(product, 'months/2026-03.csv'), 'n,word\n3,three!\n');
  positions.add(JSON.stringify((await land({ file: 'months/*.csv' })).position));
  await utimes(join(product, 'months/2026-03.csv'), 1_700_000_000, 1_700_000_000);
  positions.add(JSON.stringify((await land({ file: 'months/*.csv' })).position));
  expect(positions.size).toBe(4);
});

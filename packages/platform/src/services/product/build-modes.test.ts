import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({ texts: { 'shop/domain.yaml': 'name: shop\nowner: sam\n' } });
});

afterAll(() => mesh[Symbol.asyncDispose]());

interface Made {
  /** Lines of the contract's properties. */
  readonly columns?: readonly string[];
  readonly build?: string;
  readonly sql?: string;
  readonly rows?: string;
}

const COLUMNS = ['{id: n, name: n, physicalType: BIGINT, primaryKey: true}', '{id: word, name: word, physicalType: VARCHAR}'];

/** Makes or changes the product of a table of that name, and what its source reads. */
async function make(name: string, { columns, build, sql, rows }: Made): Promise<void> {
  const folder = `shop/${name}`;
  if (rows !== undefined) await mesh.write({ [`${folder}/rows.csv`]: rows });
  await mesh.apply({
    [`${folder}/${name}.odps.yaml`]: productText(name, 'shop', `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`),
    ...(columns !== undefined && { [`${folder}/${name}.odcs.yaml`]: contractOf(name, columns) }),
    ...(build !== undefined && { [`${folder}/build.yaml`]: `sources: {rows: {file: rows.csv}}\n${build}` }),
    ...(sql !== undefined && { [`${folder}/${name}.sql`]: sql }),
  });
}

function contractOf(name: string, columns: readonly string[]): string {
  const properties = columns.map((column) => `      - ${column}`).join('\n');
  return `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - id: ${name}\n    name: ${name}\n    properties:\n${properties}\n`;
}

const SELECT = 'select * from source.rows';

/** Builds one table: its outcome, and what it wrote and checked, as people compare them. */
async function built(name: string, options: { readonly force?: boolean; readonly from?: string } = {}): Promise<string> {
  const [run] = await mesh.build(`shop/${name}`, options);
  return spoken(run);
}

function spoken(run: RunAnswer | undefined): string {
  return `${run?.outcome}, ${run?.filesWritten} written, ${run?.filesChecked} checked: ${run?.message}`;
}

function rowsOf(name: string): Promise<readonly unknown[]> {
  return mesh.rows(`select * from shop.${name} order by all`, 'sam');
}

const numbers = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, index) => `${from + index},word ${from + index}`).join('\n');

test('append takes what is above the cursor, by its type and not by its text', async () => {
  await make('appended', { columns: COLUMNS, build: 'objects: {appended: {mode: append, cursor: n}}', sql: SELECT, rows: `n,word\n${numbers(8, 9)}\n` });
  expect(await built('appended')).toBe('published, 1 written, 1 checked: 2 rows, 3 rules hold');
  await make('appended', { rows: `n,word\n${numbers(8, 11)}\n` });
  expect(await built('appended')).toBe('published, 1 written, 1 checked: 4 rows, 3 rules hold');
  expect(await rowsOf('appended')).toEqual([8, 9, 10, 11].map((n) => ({ n, word: `word ${n}` })));
});

test('append without a new row changes nothing', async () => {
  const before = await mesh.api().products({ domain: 'shop' });
  await make('appended', { rows: `word,n\nword 9,9\n` });
  expect(await built('appended')).toMatch(/^unchanged, 0 written, 0 checked: nothing changed since /);
  expect((await mesh.api().products({ domain: 'shop' })).products.find(({ id }) => id === 'appended')).toEqual(
    before.products.find(({ id }) => id === 'appended'),
  );
});

test('append by a time, which many rows share', async () => {
  await make('timed', {
    columns: ['{id: at, name: at, physicalType: TIMESTAMP}'],
    build: 'objects: {timed: {mode: append, cursor: at}}',
    sql: SELECT,
    rows: 'at\n2026-01-31 23:00:00\n2026-01-31 23:00:00.5\n2026-01-31 23:00:00.5\n',
  });
  expect(await built('timed')).toContain('published');
  await make('timed', { rows: 'at\n2026-01-31 23:00:00.5\n2026-01-31 23:00:00.500001\n2026-02-01 00:00:00\n' });
  expect(await built('timed')).toBe('published, 1 written, 1 checked: 5 rows, 1 rules hold');
});

test('by force everything is written anew', async () => {
  expect(await built('appended', { force: true })).toBe('published, 1 written, 1 checked: 1 rows, 3 rules hold');
});

test('a table that begins to append, or by another cursor, repeats no row', async () => {
  await make('turned', {
    columns: [...COLUMNS, '{id: m, name: m, physicalType: BIGINT}'],
    build: 'objects: {turned: {mode: full}}',
    sql: 'select *, 100 - n as m from source.rows',
    rows: `n,word\n${numbers(1, 3)}\n`,
  });
  expect(await built('turned')).toContain('published');
  await make('turned', { build: 'objects: {turned: {mode: append, cursor: n}}', rows: `n,word\n${numbers(1, 4)}\n` });
  expect(await built('turned')).toContain('published, 1 written, 1 checked: 4 rows');
  await make('turned', { build: 'objects: {turned: {mode: append, cursor: m}}', rows: `n,word\n${numbers(1, 5)}\n` });
  expect(await built('turned')).toContain('published, 1 written, 1 checked: 5 rows');
});

test('a cursor that can be null or is not there is refused', async () => {
  await make('nameless', { columns: COLUMNS, build: 'objects: {nameless: {mode: append, cursor: word}}', sql: SELECT, rows: 'n,word\n1,\n2,\n' });
  expect(await built('nameless')).toMatchInlineSnapshot(
    `"failed, 0 written, 0 checked: shop/nameless:nameless: the greatest value of the cursor word cannot be told. Take a column of numbers, dates or short texts that is never null."`,
  );
  await make('nameless', { build: 'objects: {nameless: {mode: append, cursor: day}}' });
  expect(await built('nameless')).toMatchInlineSnapshot(
    `"failed, 0 written, 0 checked: shop/nameless:nameless: mode append needs its cursor, and the build gives no column day. Name a column that only grows under cursor: in build.yaml."`,
  );
});

test('append follows the contract: columns come, go, are renamed and widened', async () => {
  await make('evolved', {
    columns: ['{id: n, name: n, physicalType: INTEGER}', '{id: word, name: word, physicalType: VARCHAR}', '{id: old, name: old, physicalType: VARCHAR}'],
    build: 'objects: {evolved: {mode: append, cursor: n}}',
    sql: 'select n::integer as n, word, old from source.rows',
    rows: 'n,word,old\n1,one,x\n',
  });
  expect(await built('evolved')).toContain('published');
  await make('evolved', {
    sql: SELECT,
    columns: ['{id: n, name: n, physicalType: BIGINT}', '{id: word, name: term, physicalType: VARCHAR}', '{id: note, name: note, physicalType: VARCHAR}'],
    rows: 'n,term,note\n5000000000,two,new\n',
  });
  expect(await built('evolved')).toBe('published, 1 written, 1 checked: 2 rows, 3 rules hold');
  expect(await rowsOf('evolved')).toEqual([
    { n: 1, term: 'one', note: null },
    { n: 5_000_000_000, term: 'two', note: 'new' },
  ]);
});

test('append refuses what would make older rows lose a column', async () => {
  await make('evolved', { rows: 'n,note\n6000000000,new\n' });
  expect(await built('evolved')).toContain('blocked, 1 written');
  await make('evolved', { build: 'level: observe\nobjects: {evolved: {mode: append, cursor: n}}' });
  expect(await built('evolved')).toMatchInlineSnapshot(
    `"failed, 0 written, 0 checked: shop/evolved:evolved: the build gives no column term: the rows of older files would lose it. Correct the build, or write the whole table again: hanse build shop/evolved:evolved --force."`,
  );
  await make('evolved', {
    columns: ['{id: n, name: n, physicalType: BIGINT}', '{id: word, name: term, physicalType: DATE}', '{id: note, name: note, physicalType: VARCHAR}'],
    rows: 'n,term,note\n6000000000,2026-01-31,new\n',
  });
  expect(await built('evolved')).toMatchInlineSnapshot(
    `"failed, 0 written, 0 checked: shop/evolved:evolved: column term is now DATE, and was VARCHAR: the rows of older files would lose it. Correct the build, or write the whole table again: hanse build shop/evolved:evolved --force."`,
  );
  expect(await built('evolved', { force: true })).toContain('published, 1 written');
  expect(await rowsOf('evolved')).toEqual([{ n: 6_000_000_000, term: '2026-01-31', note: 'new' }]);
});

test('where the contract says only `number`, the type of older files holds', async () => {
  await make('loose', {
    columns: ['{id: n, name: n, logicalType: integer}', '{id: amount, name: amount, logicalType: number}'],
    build: 'objects: {loose: {mode: append, cursor: n}}',
    sql: SELECT,
    rows: 'n,amount\n1,1.5\n',
  });
  expect(await built('loose')).toContain('published');
  await make('loose', { rows: 'n,amount\n2,2\n' });
  expect(await built('loose')).toBe('published, 1 written, 1 checked: 2 rows, 2 rules hold');
  expect(await rowsOf('loose')).toEqual([
    { n: 1, amount: 1.5 },
    { n: 2, amount: 2 },
  ]);
});

test('merge replaces by key, and writes only files again that held a changed row', async () => {
  const build = 'objects: {merged: {mode: merge}}';
  await make('merged', { columns: COLUMNS, build, sql: SELECT, rows: `n,word\n${numbers(1, 3)}\n` });
  expect(await built('merged')).toBe('published, 1 written, 1 checked: 3 rows, 3 rules hold');
  await make('merged', { rows: `n,word\n${numbers(4, 6)}\n` });
  expect(await built('merged')).toBe('published, 1 written, 1 checked: 6 rows, 3 rules hold');
  await make('merged', { rows: 'n,word\n5,five\n7,seven\n' });
  expect(await built('merged')).toBe('published, 2 written, 2 checked: 7 rows, 3 rules hold');
  expect((await rowsOf('merged')).map((row) => Object.values(row ?? {}).join(' '))).toEqual([
    '1 word 1',
    '2 word 2',
    '3 word 3',
    '4 word 4',
    '5 five',
    '6 word 6',
    '7 seven',
  ]);
});

test('a key that a delta has twice, or not at all, is kept out', async () => {
  await make('merged', { rows: 'n,word\n8,a\n8,b\n' });
  expect(await built('merged')).toContain('blocked, 1 written, 1 checked: 1 of 3 rules fail');
  await make('merged', { rows: 'n,word\n,a\n' });
  expect(await built('merged')).toContain('blocked, 1 written, 1 checked: ');
  expect(await rowsOf('merged')).toHaveLength(7);
});

test('merge by a key of several columns, one of them renamed since', async () => {
  const columns = [
    '{id: place, name: place, physicalType: VARCHAR, primaryKey: true, primaryKeyPosition: 1}',
    '{id: day, name: day, physicalType: DATE, primaryKey: true, primaryKeyPosition: 2}',
    '{id: n, name: n, physicalType: INTEGER}',
  ];
  await make('days', {
    columns,
    build: 'objects: {days: {mode: merge}}',
    sql: 'select place, day, n::integer as n from source.rows',
    rows: 'place,day,n\nkiel,2026-01-01,1\nkiel,2026-01-02,2\nbremen,2026-01-01,3\n',
  });
  expect(await built('days')).toContain('published');
  await make('days', {
    sql: SELECT,
    columns: columns.map((column) => column.replace('name: place', 'name: town').replace('INTEGER', 'BIGINT')),
    rows: 'town,day,n\nkiel,2026-01-02,20\nbremen,2026-01-02,4\n',
  });
  expect(await built('days')).toContain('published, 2 written, 2 checked: 4 rows');
  expect(await mesh.rows("select town || ' ' || strftime(day, '%d') || ' ' || n as row from shop.days order by all", 'sam')).toEqual(
    ['bremen 01 3', 'bremen 02 4', 'kiel 01 1', 'kiel 02 20'].map((row) => ({ row })),
  );
});

test('merge needs a key', async () => {
  await make('merged', { columns: COLUMNS.map((column) => column.replace(', primaryKey: true', '')), rows: 'n,word\n9,nine\n' });
  expect(await built('merged')).toMatchInlineSnapshot(
    `"failed, 0 written, 0 checked: shop/merged:merged: mode merge needs a primary key, and the contract has none. Mark the key columns with primaryKey: true, or build in another mode."`,
  );
});

test('what an outside writer delivers is published like any build, and added where the mode says so', async () => {
  await make('delivered', { columns: COLUMNS, build: 'objects: {delivered: {external: true, mode: append}}' });
  expect(await built('delivered')).toMatchInlineSnapshot(
    `"waiting, 0 written, 0 checked: its data is delivered from outside: hanse build shop/delivered:delivered --from <file>"`,
  );
  await mesh.write({ 'inbox/one.csv': 'n,word\n1,one\n', 'inbox/two.csv': 'n,word\n2,two\n' });
  expect(await built('delivered', { from: `${mesh.folder}/inbox/one.csv` })).toBe('published, 1 written, 1 checked: 1 rows, 3 rules hold');
  expect(await built('delivered', { from: `${mesh.folder}/inbox/two.csv` })).toBe('published, 1 written, 1 checked: 2 rows, 3 rules hold');
  expect(await built('delivered', { from: `${mesh.folder}/inbox/two.csv` })).toMatch(/^unchanged/);
  await expect(mesh.build('shop', { from: `${mesh.folder}/inbox/two.csv` })).rejects.toThrow('--from delivers one table');
});

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pythonWith } from '../python.ts';

const MAIN = join(import.meta.dirname, '../../packages/platform/src/main.ts');
const PROJECT = join(import.meta.dirname, '../fixtures/dbt-shop');

const REVENUE = `apiVersion: v3.2.0
kind: DataContract
id: shop-revenue
version: 1.0.0
status: active
roles: [{ role: reporter, access: read }]
schema:
  - name: revenue
    properties:
      - { name: ordered_on, logicalType: date, physicalType: DATE, required: true, primaryKey: true, logicalTypeOptions: { minimum: "2026-01-01" } }
      - name: revenue
        logicalType: number
        physicalType: DECIMAL(38,2)
        logicalTypeOptions: { minimum: 5 }
        quality: [{ id: few_nulls, type: library, metric: nullValues, mustBeLessThan: 5, unit: percent }]
    quality:
      - { id: days, type: library, metric: rowCount, mustBeGreaterThan: 2, severity: warning }
      - { id: total, type: sql, query: "select sum(revenue) from \${object}", mustBeLessThan: 1000 }
  - name: stg_orders
    properties:
      - { name: order_id, logicalType: integer, unique: true }
      - { name: customer_id, logicalType: integer, relationships: [{ to: shop.customers.customer_id }] }
      - { name: status, logicalType: string, logicalTypeOptions: { pattern: "^[a-z]+$" }, enum: [{ value: placed }, { value: shipped }, { value: returned }, { value: refunded }] }
`;

interface Rule {
  readonly rule: string;
  readonly result: string;
  readonly found: string;
}

it('what dbt says of its tests and of those that Hanse wrote is what hanse test says, of good, bad and unread data', async ({ skip }) => {
  const python = await pythonWith(['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.5']);
  if (python === undefined) return skip();
  const root = await mkdtemp(join(tmpdir(), 'hanse-dbt-custody-'));
  try {
    const [project, mesh] = [join(root, 'shop'), join(root, 'mesh')];
    await cp(PROJECT, project, { recursive: true, filter: (path) => !path.includes('artifacts') });
    await mkdir(mesh);
    const from = ['--from', join(project, 'target')];
    await dbt(python, project, 'build');
    await hanse(mesh, 'adopt', 'dbt', join(project, 'target'));
    const bad = await rulesOf(mesh, ...from);
    expect(bad.code).toBe(1);
    expect(told(bad.rules)).toEqual(await saidByDbt(project, /customers|orders_v|no_future/));

    await replaceIn(join(project, 'seeds/raw_orders.csv'), 'refunded', 'returned');
    await dbt(python, project, 'build');
    const good = await rulesOf(mesh, ...from);
    expect(good.code).toBe(0);
    expect(told(good.rules)).toEqual(await saidByDbt(project, /customers|orders_v|no_future/));

    const contract = join(mesh, 'revenue.odcs.yaml');
    await writeFile(contract, REVENUE);
    const before = await textsIn(project);
    expect(await hanse(mesh, 'export', 'dbt-tests', contract, '--into', project)).toMatchObject({ code: 0 });
    const exported = await textsIn(project);
    expect(Object.entries(before).filter(([path, text]) => exported[path] !== text)).toEqual([]);
    const added = Object.keys(exported).filter((path) => before[path] === undefined);
    expect(added.every((path) => /^(tests|models)\/hanse\//.test(path))).toBe(true);
    expect(added).toHaveLength(12);
    await dbt(python, project, 'build');
    const ours = await rulesOf(mesh, contract, ...from);
    expect(ours.code).toBe(0);
    expect(told(ours.rules)).toEqual(await saidByDbt(project, /^hanse_/));
    expect(new Set(ours.rules.filter(({ result }) => result === 'skip').map(({ rule }) => rule.split('/').at(-1)))).toEqual(new Set(['schema']));
    expect(JSON.parse(await readFile(join(project, 'target/manifest.json'), 'utf8')).nodes['model.shop.stg_orders'].config.grants).toEqual({
      select: ['reporter'],
    });

    expect((await hanse(mesh, 'export', 'dbt-tests', contract, '--into', project)).text).toContain('12 files are as they should be');
    expect(await textsIn(project)).toEqual(exported);

    await replaceIn(join(project, 'seeds/raw_orders.csv'), '10,1,placed,19.90', '11,9,PLACED,1.90');
    await dbt(python, project, 'seed');
    await dbt(python, project, 'run');
    await dbt(python, project, 'test');
    const broken = await rulesOf(mesh, contract, ...from);
    expect(broken.code).toBe(1);
    expect(told(broken.rules)).toEqual(await saidByDbt(project, /^hanse_/));
    expect(
      broken.rules
        .filter(({ result }) => result === 'fail')
        .map(({ rule }) => rule)
        .toSorted(),
    ).toEqual(['customer_id/relationship', 'order_id/unique', 'revenue/minimum', 'status/enum', 'status/pattern']);

    await writeFile(
      contract,
      REVENUE.replace('mustBeLessThan: 1000', 'mustBeLessThan: 2000').replace('minimum: "2026-01-01"', 'minimum: "2026-01-02"').replace('required: true, ', ''),
    );
    const stale = await rulesOf(mesh, contract, ...from);
    expect(stale.rules.filter(({ found }) => found.includes('export its tests again')).map(({ rule, result }) => `${rule} ${result}`)).toEqual([
      'ordered_on/minimum warn',
      'quality/total warn',
    ]);
    expect((await hanse(mesh, 'export', 'dbt-tests', contract, '--into', project)).text).toContain(
      'removed tests/hanse/revenue/hanse_revenue_ordered_on__required.sql',
    );

    await replaceIn(join(project, 'models/revenue.sql'), 'sum(amount)', 'sum(nothing)');
    await dbt(python, project, 'build');
    const unread = await rulesOf(mesh, contract, '--schema', 'revenue', ...from);
    expect(unread.code).toBe(1);
    expect(unread.rules.filter(({ rule }) => /^revenue\/minimum|^quality\/days/.test(rule)).map(({ result }) => result)).toEqual(['error', 'error']);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 600_000);

/** How often each test of dbt was told with each result: a test may ask for two rules. */
function told(rules: readonly Rule[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    rules.filter(({ found }) => /^\w+: (passed|\d+ results?$|dbt )/.test(found)).map(({ found, result }) => [found.split(':')[0] ?? '', result]),
  );
}

async function saidByDbt(project: string, tests: RegExp): Promise<Readonly<Record<string, string>>> {
  const { results } = JSON.parse(await readFile(join(project, 'target/run_results.json'), 'utf8'));
  const all: readonly { readonly unique_id: string; readonly status: string }[] = results;
  const mine = all
    .map(({ unique_id: id, status }) => ({ test: id.split('.')[2] ?? '', status, isTest: id.startsWith('test.') }))
    .filter(({ test, isTest }) => isTest && tests.test(test));
  return Object.fromEntries(mine.map(({ test, status }) => [test, status === 'skipped' ? 'error' : status]));
}

async function rulesOf(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly rules: readonly Rule[] }> {
  const { code, stdout } = await hanse(cwd, 'test', ...args, '--json');
  const answers: readonly { readonly objects: readonly { readonly rules: readonly Rule[] }[] }[] = [JSON.parse(stdout)].flat();
  return { code, rules: answers.flatMap(({ objects }) => objects).flatMap(({ rules }) => rules) };
}

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

async function textsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) => entry.isFile() && !/\/(target|logs)(\/|$)/.test(entry.parentPath) && !entry.name.includes('.duckdb') && entry.name !== '.user.yml',
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const)));
}

/** A failed test of the project is a failure of dbt, and what is expected. */
async function dbt(python: string, cwd: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(python, ['-m', 'dbt.cli.main', ...args], { cwd, env: { ...process.env, DBT_PROFILES_DIR: cwd } }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error;
  });
}

function hanse(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string; readonly stdout: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { cwd, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr, stdout });
    });
  });
}

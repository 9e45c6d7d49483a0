import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { runSchedules } from '../schedule/run-schedules.ts';

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, 'shop/domain.yaml': 'name: shop\nowner: sam\n' } });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\n' });
  await mesh.apply({
    ...product('alpha', 'select n + 1 as n from shop.mid'),
    ...product('mid', 'select n + 1 as n from shop.zeta'),
    ...product('zeta', 'select 1 as n'),
  });
});

afterAll(() => mesh[Symbol.asyncDispose]());

/** A product of shop with one table of that name and one column. */
function product(name: string, sql: string, build?: string): Readonly<Record<string, string>> {
  return {
    [`shop/${name}/${name}.odps.yaml`]: productText(name, 'shop', `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`),
    [`shop/${name}/${name}.odcs.yaml`]: `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - id: ${name}\n    name: ${name}\n    properties:\n      - {id: n, name: n, logicalType: integer, logicalTypeOptions: {minimum: 0}}\n`,
    [`shop/${name}/${name}.sql`]: sql,
    ...(build !== undefined && { [`shop/${name}/build.yaml`]: build }),
  };
}

const spoken = (runs: readonly RunAnswer[]) => runs.map(({ ref, outcome }) => `${ref} ${outcome}`);

test('inputs are built before those who read them', async () => {
  expect(spoken(await mesh.build('shop'))).toEqual(['shop/zeta:zeta published', 'shop/mid:mid published', 'shop/alpha:alpha published']);
  expect(await mesh.rows('select n from shop.alpha', 'sam')).toEqual([{ n: 3 }]);
  expect(spoken(await mesh.build('shop'))).toEqual(['shop/zeta:zeta unchanged', 'shop/mid:mid unchanged', 'shop/alpha:alpha unchanged']);
});

test('one that fails stops no other, and its readers go on with its last version', async () => {
  await mesh.apply({ 'shop/mid/mid.sql': "select ('x' || n)::integer as n from shop.zeta", 'shop/zeta/zeta.sql': 'select 5 as n' });
  const runs = await mesh.build('shop');
  expect(spoken(runs)).toEqual(['shop/zeta:zeta published', 'shop/mid:mid failed', 'shop/alpha:alpha unchanged']);
  expect(runs[1]?.message).toContain("Could not convert string 'x5' to INT32");
});

test('a circle ends: each reads what is published, or says that nothing is', async () => {
  await mesh.apply({ ...product('hen', 'select n from shop.egg'), ...product('egg', 'select n from shop.hen') });
  const runs = [...(await mesh.build('shop/hen')), ...(await mesh.build('shop'))].filter(({ ref }) => /hen|egg/.test(ref));
  expect(new Set(runs.map(({ outcome, message }) => `${outcome}: ${message}`))).toEqual(
    new Set([
      'failed: shop.egg has not been published yet. Build it with: hanse build shop/egg:egg.',
      'failed: shop.hen has not been published yet. Build it with: hanse build shop/hen:hen.',
    ]),
  );
  await mesh.apply(Object.fromEntries(['hen', 'egg'].flatMap((name) => Object.keys(product(name, '')).map((path) => [path, undefined]))));
});

test('an input that no agreement opens stops the build, and says what to request', async () => {
  await mesh.build('finance');
  await mesh.apply(product('thief', 'select count(*)::bigint as n from finance.metrics'));
  const [run] = await mesh.build('shop/thief');
  expect(`${run?.outcome}: ${run?.message}`).toMatchInlineSnapshot(
    `"failed: finance/churn:metrics: shop/thief holds no agreement. Request a role (eu, full): hanse access request finance/churn:metrics --role <role> --for shop/thief --purpose <why> --until <date>."`,
  );
  expect(spoken(await mesh.build('marketing'))).toEqual(['marketing/spend:spend published']);
});

test('one product is built by one run at a time', async () => {
  await mesh.apply(product('slow', 'select max(range)::bigint as n from range(1000)'));
  let second: Promise<readonly RunAnswer[]> | undefined;
  const first = await mesh
    .api()
    .build({ ref: 'shop/slow' }, { progress: ({ stage }) => (stage === 'building' ? (second ??= mesh.build('shop/slow')) : undefined) });
  expect(spoken(first.runs)).toEqual(['shop/slow:slow published']);
  expect((await second)?.map(({ outcome, message }) => `${outcome}: ${message}`)).toEqual(['waiting: another run is building this product']);
});

const SOURCE = 'sources: {rows: {file: rows.csv}}\n';

async function stateOf(name: string): Promise<string> {
  const { incidents, tables } = await mesh.api().status({});
  const table = tables.find(({ ref }) => ref === `shop/${name}:${name}`);
  const all = incidents.filter(({ ref }) => ref === `shop/${name}:${name}`).map(({ open, message }) => `${open ? 'open' : 'closed'}: ${message}`);
  return [table?.contract.state, ...all].join('; ');
}

test('at block a bad version is kept out, its incident is told anew, and ends with what was good before', async () => {
  const path = join(mesh.folder, 'shop/strict/rows.csv');
  await mesh.write({ 'shop/strict/rows.csv': 'n\n1\n' });
  await utimes(path, 1_700_000_000, 1_700_000_000);
  await mesh.apply(product('strict', 'select n from source.rows', SOURCE));
  expect(spoken(await mesh.build('shop/strict'))).toEqual(['shop/strict:strict published']);
  await mesh.write({ 'shop/strict/rows.csv': 'n\n-1\n' });
  expect(spoken(await mesh.build('shop/strict'))).toEqual(['shop/strict:strict blocked']);
  const first = await mesh.api().status({});
  expect(await stateOf('strict')).toBe("holds; open: shop/strict:strict: n must be at least 0: 1 of 1 rows are less; e.g. '-1'");
  await mesh.write({ 'shop/strict/rows.csv': 'n\n-1\n-2\n' });
  expect(spoken(await mesh.build('shop/strict'))).toEqual(['shop/strict:strict blocked']);
  expect(await stateOf('strict')).toContain('2 rows');
  const since = (status: typeof first) => status.incidents.find(({ ref }) => ref === 'shop/strict:strict')?.at;
  expect(since(await mesh.api().status({}))).toBe(since(first));
  expect(await mesh.rows('select n from shop.strict', 'sam')).toEqual([{ n: 1 }]);
  await mesh.write({ 'shop/strict/rows.csv': 'n\n1\n' });
  await utimes(path, 1_700_000_000, 1_700_000_000);
  expect(spoken(await mesh.build('shop/strict'))).toEqual(['shop/strict:strict published']);
  expect(await stateOf('strict')).toMatch(/^holds; closed: /);
});

test('at observe and warn a bad version is published, marked, on record, until a good one comes', async () => {
  for (const level of ['observe', 'warn']) {
    await mesh.write({ [`shop/${level}/rows.csv`]: 'n\n-1\n' });
    await mesh.apply(product(level, 'select n from source.rows', `level: ${level}\n${SOURCE}`));
    expect(spoken(await mesh.build(`shop/${level}`))).toEqual([`shop/${level}:${level} published`]);
    expect(await stateOf(level)).toMatch(/^breached; open: .*1 row/);
  }
  expect(await mesh.rows('select n from shop.observe', 'sam')).toEqual([{ n: -1 }]);
  expect(spoken(await mesh.build('shop/observe'))).toEqual(['shop/observe:observe unchanged']);
  await mesh.write({ 'shop/observe/rows.csv': 'n\n1\n' });
  await mesh.build('shop/observe');
  expect(await stateOf('observe')).toMatch(/^holds; closed: /);
});

test('what fails on a schedule stops nothing else on a schedule', async () => {
  const scheduled = 'schedule: "0 0 1 1 *"\n';
  await mesh.apply({ ...product('bad', "select ('x' || n)::integer as n from shop.zeta", scheduled), ...product('good', 'select 1 as n', scheduled) });
  const head = await mesh.platform.store.head();
  const stop = new AbortController();
  const schedules = runSchedules(mesh.platform, stop.signal);
  const seen = new Set<string>();
  for await (const { intent, reason } of mesh.platform.store.watch(head, AbortSignal.timeout(50_000))) {
    if (intent === 'publish' || intent === 'run.failed') seen.add(`${intent} ${reason.includes('good') ? 'good' : 'bad'}`);
    if (seen.size === 2) break;
  }
  stop.abort();
  await schedules;
  expect(seen).toEqual(new Set(['publish good', 'run.failed bad']));
});

test('builds that are told to stop have stopped when the call ends', async () => {
  const endless = 'select max(a.range * b.range)::bigint as n from range(10000000) a, range(10000000) b';
  await mesh.apply({ ...product('endless', endless), ...product('eternal', endless) });
  const stop = new AbortController();
  const started = new Set<string>();
  const progress = ({ ref }: { readonly ref: string }) => {
    started.add(ref);
    if (started.size === 2) stop.abort();
  };
  const runs = mesh.api().build({ ref: 'shop' }, { signal: stop.signal, progress });
  await expect(runs).rejects.toThrow('aborted');
  const states = (await mesh.platform.store.list('run')).map(({ body }) => body.value).filter((run) => JSON.stringify(run).includes('"running"'));
  expect(states).toEqual([]);
});

import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { agreementText, contractText, productText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { startPostgres } from '../../../../../test/postgres-server.ts';

const server = await startPostgres();
afterAll(() => server?.stop());
const url = server?.url ?? 'postgres://hanse@127.0.0.1:1/postgres';

function inPlace(text: string, schema: string): string {
  const place = `servers:\n  - {server: shop, type: postgres, host: 127.0.0.1, port: ${new URL(url).port}, database: postgres, schema: ${schema}}\nschema:`;
  return text.replace('schema:', place).replaceAll('logicalType: number}', 'logicalType: number, physicalType: "DECIMAL(10,2)"}');
}

const texts = (schema: string) => ({
  ...smallTexts,
  'hanse.yaml': undefined,
  'finance/churn/metrics.odcs.yaml': inPlace(contractText('metrics'), schema),
  'finance/churn/metrics.sql': undefined,
  'finance/churn/build.yaml': undefined,
  'marketing/spend/spend.sql': 'select customer, amount::decimal(10,2) as amount from finance.metrics',
  'marketing/spend/spend.odcs.yaml': contractText('spend').replaceAll('logicalType: number}', 'logicalType: number, physicalType: "DECIMAL(10,2)"}'),
});

async function asked(user: string, sql: string): Promise<readonly unknown[] | string> {
  const client = new Client({ connectionString: url.replace('//hanse@', `//${user}@`) });
  await client.connect();
  try {
    const results = [await client.query<Record<string, unknown>>(sql)].flat();
    return results.flatMap(({ rows }) => rows.map((row) => Object.values(row).map(String)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}

async function owner(sql: string): Promise<void> {
  const result = await asked('hanse', sql);
  if (typeof result === 'string') throw new Error(result);
}

const open = (schemas: Record<string, string[]>, of: Record<string, string | undefined>) =>
  openMesh({ texts: of, environment: { SHOP: url }, places: { shop: { postgres: '${SHOP}', schemas, logins: {} } } });

async function settled(mesh: Awaited<ReturnType<typeof openMesh>>, apply = true): Promise<readonly string[]> {
  const { places } = await mesh.api().grants({ apply });
  return places.flatMap(({ problem, differences }) => [
    ...(problem === null ? [] : [problem]),
    ...differences.map(({ message, done, problem: why }) => `${done ? 'done: ' : ''}${message}${why === null ? '' : `: ${why}`}`),
  ]);
}

test.runIf(server !== undefined)('what a schema’s owner wrote is not run with the rights of the mesh’s login by a build', { timeout: 60_000 }, async () => {
  await owner(`CREATE SCHEMA landed; CREATE SCHEMA hr; CREATE TABLE hr.salaries (customer text, amount numeric(10,2)); INSERT INTO hr.salaries VALUES ('secret', 1);
    CREATE ROLE femi_db LOGIN; GRANT ALL ON SCHEMA landed TO femi_db; GRANT ALL ON SCHEMA public TO femi_db`);
  await using mesh = await open({ finance: ['landed'] }, texts('landed'));
  await mesh.apply();
  const built = async () => {
    const runs = await mesh.build('marketing/spend', { force: true });
    return [...runs.map(({ outcome, message }) => `${outcome} ${message}`), ...(await mesh.rows('select * from marketing.spend', 'max').catch(() => []))];
  };
  const attacks = [
    `CREATE VIEW landed.metrics WITH (security_invoker = true) AS SELECT * FROM hr.salaries`,
    `CREATE FUNCTION landed.evil() RETURNS SETOF hr.salaries LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM hr.salaries; END $$;
     CREATE VIEW landed.metrics AS SELECT * FROM landed.evil()`,
  ];
  for (const attack of attacks) {
    await owner(attack);
    expect(await built()).toEqual([expect.stringMatching(/^failed .*is a view/)]);
    await owner('DROP VIEW landed.metrics');
  }
  // A cast of a type of one's own, and an operator in the path, would be functions that run as the mesh's login.
  await owner(`SET ROLE femi_db; CREATE TYPE landed.word AS ENUM ('a'); CREATE TABLE landed.metrics (customer landed.word, amount integer)`);
  expect(await built()).toEqual([expect.stringMatching(/^failed .*column customer has a type of the user femi_db/)]);
  await owner(`DROP TABLE landed.metrics; DROP TYPE landed.word; CREATE TABLE landed.metrics (customer text, amount integer); INSERT INTO landed.metrics VALUES ('a', 1), ('b', -1);
    SET ROLE femi_db; CREATE FUNCTION public.evil(integer, numeric) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'run as %', current_user; END $$;
    CREATE OPERATOR public.> (LEFTARG = integer, RIGHTARG = numeric, FUNCTION = public.evil)`);
  const restricted = '  - role: eu\n    customProperties: [{property: restriction, value: {rows: amount > 0}}]\n';
  await mesh.apply({ 'finance/churn/metrics.odcs.yaml': inPlace(contractText('metrics'), 'landed').replace('  - role: eu\n', restricted) });
  expect(await built()).toEqual([expect.stringMatching(/^published 1 rows/), { customer: 'a', amount: 1 }]);
});

test.runIf(server !== undefined)('no product’s role has the name of another’s', { timeout: 60_000 }, async () => {
  await owner(`CREATE SCHEMA mine; CREATE TABLE mine.metrics (customer text, amount numeric(10,2)); INSERT INTO mine.metrics VALUES ('secret', 1);
    CREATE SCHEMA theirs; CREATE TABLE theirs.metrics (customer text, amount numeric(10,2)); CREATE ROLE mallory LOGIN; CREATE ROLE mia LOGIN`);
  const metrics = inPlace(contractText('forged', 'metrics'), 'theirs');
  await using mesh = await open(
    { finance: ['mine'], finance_churn: ['theirs'] },
    {
      ...texts('mine'),
      'agreements/a3.oaas.yaml': agreementText({
        id: 'a3',
        product: 'forged',
        consumer: '{teamId: finance_churn, userId: mallory}',
        requestedBy: 'mallory',
      }).replace('teamId: finance,', 'teamId: finance_churn,'),
      'finance_churn/domain.yaml': 'name: finance_churn\nowner: mallory\n',
      'finance_churn/metrics/m.odps.yaml': productText(
        'forged',
        'finance_churn',
        'outputPorts:\n  - {name: metrics, version: 1.0.0, contractId: forged}\n',
      ).replace('name: forged', 'name: metrics'),
      'finance_churn/metrics/m.odcs.yaml': metrics,
    },
  );
  await mesh.apply();
  const done = await settled(mesh);
  expect(done).toContainEqual(expect.stringMatching(/^done: mallory does not hold finance_churn_metrics_eu_[0-9a-f]{16}$/));
  expect(done).toContain('done: mia does not hold finance_churn_metrics_eu');
  expect(await settled(mesh, false)).toEqual([]);
  expect(await asked('mallory', 'SELECT * FROM finance_churn_metrics_eu.metrics')).toMatch(/permission denied/);
});

test.runIf(server !== undefined)(
  'what a consumer built on a view keeps nothing open, and what was made in a role’s name is told',
  { timeout: 60_000 },
  async () => {
    await owner(`CREATE SCHEMA kept; CREATE TABLE kept.metrics (customer text, amount numeric(10,2)); INSERT INTO kept.metrics VALUES ('secret', 1);
    CREATE SCHEMA lab; GRANT ALL ON SCHEMA lab TO PUBLIC`);
    await using mesh = await open({ finance: ['kept'] }, texts('kept'));
    await mesh.apply();
    await settled(mesh);
    const view = 'SELECT * FROM finance_churn_metrics_eu.metrics';
    expect(await asked('mia', `CREATE VIEW lab.pin AS ${view}; SELECT * FROM lab.pin`)).toEqual([['secret', '1.00']]);

    // The role shows less from now on: the view cannot be replaced, and is closed.
    const narrow = '  - role: eu\n    customProperties: [{property: restriction, value: {columns: {customer: drop}}}]\n';
    await mesh.apply({ 'finance/churn/metrics.odcs.yaml': inPlace(contractText('metrics'), 'kept').replace('  - role: eu\n', narrow) });
    expect(await settled(mesh)).toEqual([expect.stringMatching(/^view finance_churn_metrics_eu.metrics is of another version of the contract: .*depend/)]);
    for (const sql of [view, 'SELECT * FROM lab.pin']) expect(await asked('mia', sql)).toMatch(/permission denied/);
    await owner('DROP VIEW lab.pin');
    await settled(mesh);
    expect(await asked('mia', view)).toEqual([['1.00']]);

    expect(await asked('mia', `SET ROLE finance_churn_metrics_eu; CREATE VIEW lab.own AS ${view}; GRANT SELECT ON lab.own TO PUBLIC`)).toEqual([]);
    await owner('GRANT finance_churn_metrics_eu TO mia WITH ADMIN OPTION');
    expect(await settled(mesh)).toEqual([
      'done: mia may pass finance_churn_metrics_eu on',
      'view lab.own was made in the name of finance_churn_metrics_eu: it stays open to who made it, under no agreement',
    ]);
  },
);

test.runIf(server !== undefined)('a schema that another user made is not taken for the mesh’s own, whatever its comment', { timeout: 60_000 }, async () => {
  await owner(`DROP SCHEMA IF EXISTS hanse_private, finance_churn_metrics_full CASCADE; CREATE ROLE mole LOGIN; GRANT CREATE ON DATABASE postgres TO mole;
    CREATE SCHEMA forged; CREATE TABLE forged.metrics (customer text, amount numeric(10,2));
    SET ROLE mole; CREATE SCHEMA hanse_private; CREATE TABLE hanse_private.hash_key (key bytea);
    CREATE SCHEMA finance_churn_metrics_full; COMMENT ON SCHEMA finance_churn_metrics_full IS 'hanse mesh: x'`);
  const hashed = '  - role: eu\n    customProperties: [{property: restriction, value: {columns: {customer: keyed-hash}}}]\n';
  const of = texts('forged');
  await using mesh = await open(
    { finance: ['forged'] },
    { ...of, 'finance/churn/metrics.odcs.yaml': of['finance/churn/metrics.odcs.yaml'].replace('  - role: eu\n', hashed) },
  );
  await mesh.apply();
  expect(await settled(mesh)).toEqual([expect.stringMatching(/schema hanse_private is another user's: no key is put there/)]);
  expect(await asked('mole', 'SELECT * FROM hanse_private.hash_key')).toEqual([]);
  await owner('DROP SCHEMA hanse_private CASCADE');
  expect(await settled(mesh)).toContain("finance_churn_metrics_full is there and is not of this mesh: rename it, or the product's role");
});

import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { agreementText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { startPostgres } from '../../../../../test/postgres-server.ts';

const server = await startPostgres();
afterAll(() => server?.stop());
const url = server?.url ?? 'postgres://hanse@127.0.0.1:1/postgres';

const contract = `apiVersion: v3.2.0
kind: DataContract
id: metrics
name: metrics
version: 1.0.0
status: active
servers:
  - {server: shop, type: postgres, host: 127.0.0.1, port: ${new URL(url).port}, database: postgres, schema: shop}
schema:
  - id: metrics
    name: metrics
    physicalName: metrics_v1
    properties:
      - {id: customer, name: customer, logicalType: string}
      - {id: amount, name: amount, logicalType: number, physicalType: 'DECIMAL(10,2)'}
      - {id: region, name: region, logicalType: string}
      - {id: card, name: card, logicalType: string, classification: restricted}
      - {id: born, name: born, logicalType: date}
roles:
  - role: eu
    customProperties:
      - property: restriction
        value:
          rows: "region >= 'EU' and region <> 'US'"
          columns: {customer: keyed-hash, card: {mask: show-last, count: 4}, born: {mask: truncate-date, unit: year}}
  - role: full
`;

const texts = {
  ...smallTexts,
  'hanse.yaml': undefined,
  'finance/churn/metrics.odcs.yaml': contract,
  'finance/churn/metrics.sql': undefined,
  'finance/churn/build.yaml': undefined,
  'agreements/a1.oaas.yaml': agreementText(),
  'agreements/a2.oaas.yaml': undefined,
};

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

test.runIf(server !== undefined)(
  'a table in its database is opened as its agreements say, and what was granted by hand is told',
  { timeout: 60_000 },
  async () => {
    await owner(`CREATE SCHEMA shop; CREATE TABLE shop.metrics_v1 (customer text, amount numeric(10,2), region text, card text, born date);
    INSERT INTO shop.metrics_v1 VALUES ('Ana', 1.50, 'EU', '4111111111111111', '1980-05-17'), ('Ben', 2, 'US', '42', '1990-01-01'), ('Zoë', 3, 'FR', NULL, NULL);
    CREATE ROLE mia LOGIN; CREATE ROLE eve LOGIN`);
    await using mesh = await openMesh({
      texts,
      environment: { SHOP: url },
      places: { shop: { postgres: '${SHOP}', schemas: { finance: ['shop'] }, logins: {} } },
    });
    await mesh.apply();
    const settle = async (apply: boolean) => {
      const { places } = await mesh.api().grants({ apply });
      return places.flatMap(({ problem, differences }) => [
        ...(problem === null ? [] : [problem]),
        ...differences.map(({ message, done, problem: why }) => `${done ? 'done: ' : ''}${message}${why === null ? '' : `: ${why}`}`),
      ]);
    };
    expect(await asked('mia', 'SELECT * FROM finance_churn_metrics_eu.metrics')).toMatch(/does not exist|permission denied/);
    expect(await settle(true)).toEqual([
      'done: role finance_churn_metrics_eu is missing',
      'done: schema finance_churn_metrics_eu is missing',
      'done: view finance_churn_metrics_eu.metrics is missing',
      'done: mia does not hold finance_churn_metrics_eu',
      'done: role finance_churn_metrics_full is missing',
      'done: schema finance_churn_metrics_full is missing',
      'done: view finance_churn_metrics_full.metrics is missing',
    ]);
    expect(await settle(false)).toEqual([]);

    // Only the role's rows and columns, in psql or any other client.
    const seen = await asked('mia', 'SELECT amount, region, card, born::text FROM finance_churn_metrics_eu.metrics ORDER BY amount');
    expect(seen).toEqual([
      ['1.50', 'EU', '************1111', '1980-01-01'],
      ['3.00', 'FR', 'null', 'null'],
    ]);
    const [hashed] = await asked('mia', "SELECT customer FROM finance_churn_metrics_eu.metrics WHERE region = 'EU'");
    expect(String(hashed)).toMatch(/^[0-9a-f]{64}$/);
    for (const sql of ['SELECT * FROM shop.metrics_v1', 'SELECT * FROM finance_churn_metrics_full.metrics', 'SELECT * FROM hanse_private.hash_key'])
      expect(await asked('mia', sql)).toMatch(/permission denied/);
    expect(await asked('eve', 'SELECT * FROM finance_churn_metrics_eu.metrics')).toMatch(/permission denied/);
    // A barrier: no function of the reader's sees a hidden row.
    await owner(`CREATE SCHEMA scratch; GRANT ALL ON SCHEMA scratch TO mia`);
    const tried = await asked(
      'mia',
      `CREATE FUNCTION scratch.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN IF $1 = 'US' THEN RAISE EXCEPTION 'hidden: %', $1; END IF; RETURN true; END $$;
    SELECT count(*) FROM finance_churn_metrics_eu.metrics WHERE scratch.spy(region)`,
    );
    expect(tried).toEqual([['2']]);

    // What somebody grants or changes by hand is drift, with what undoes it.
    await owner(`GRANT SELECT ON shop.metrics_v1 TO eve; GRANT SELECT (card) ON shop.metrics_v1 TO mia; GRANT finance_churn_metrics_full TO eve;
    GRANT SELECT ON finance_churn_metrics_eu.metrics TO PUBLIC; CREATE OR REPLACE VIEW finance_churn_metrics_full.metrics WITH (security_barrier = true) AS SELECT * FROM shop.metrics_v1 WHERE amount > 2`);
    expect(await settle(false)).toEqual([
      'PUBLIC has SELECT on view finance_churn_metrics_eu.metrics under no agreement',
      'view finance_churn_metrics_full.metrics was changed by hand',
      'eve holds finance_churn_metrics_full under no agreement in force',
      'eve has SELECT on the table shop.metrics_v1 itself: reads there are under no agreement',
      'mia has SELECT (card) on the table shop.metrics_v1 itself: reads there are under no agreement',
    ]);
    expect((await settle(true)).filter((line) => line.startsWith('done'))).toHaveLength(3);
    expect(await settle(false)).toHaveLength(2);
    expect(await asked('eve', 'SELECT * FROM finance_churn_metrics_full.metrics')).toMatch(/permission denied/);

    // Revoked: the next statement is refused, before the answer is given.
    await mesh.api('femi').answerAccess({ id: 'a1', verb: 'revoke' });
    expect(await asked('mia', 'SELECT * FROM finance_churn_metrics_eu.metrics')).toMatch(/permission denied/);
    expect(await mesh.api('mia').grants({})).toEqual({ places: [] });
  },
);

test.runIf(server !== undefined)('a domain opens no schema that hanse.yaml does not give it, and no database but its own', { timeout: 60_000 }, async () => {
  const of = async (schemas: Record<string, string[]>, place = url) => {
    await using mesh = await openMesh({ texts, environment: { SHOP: place }, places: { shop: { postgres: '${SHOP}', schemas, logins: {} } } });
    await mesh.apply();
    return (await mesh.api().grants({})).places.map(({ problem, differences, findings }) => [
      problem,
      differences.length,
      ...findings.map(({ message }) => message),
    ]);
  };
  const refused = 'finance may not open the schema shop of the place shop';
  // What the other test made is of no contract here.
  expect(await of({ marketing: ['shop'] })).toEqual([[null, 4, refused]]);
  expect(await of({ finance: ['other'] })).toEqual([[null, 4, refused]]);
  expect(await of({ finance: ['shop'] }, url.replace('/postgres', '/elsewhere'))).toEqual([
    ['place shop: PostgreSQL says: database "elsewhere" does not exist', 0],
  ]);
});

test.runIf(server !== undefined)('a build reads a table that stays in its database, as its agreement shows it', { timeout: 60_000 }, async () => {
  await owner(`CREATE SCHEMA trade; CREATE TABLE trade.metrics_v1 (customer text, amount numeric(10,2), region text, card text, born date);
    INSERT INTO trade.metrics_v1 VALUES ('Ana', 1.50, 'EU', '4111111111111111', '1980-05-17'), ('Ben', 2, 'US', '42', '1990-01-01')`);
  const spend = smallTexts['marketing/spend/spend.odcs.yaml']?.replace('logicalType: number}', 'logicalType: number, physicalType: "DECIMAL(10,2)"}');
  await using mesh = await openMesh({
    texts: {
      ...texts,
      'finance/churn/metrics.odcs.yaml': contract.replace('schema: shop}', 'schema: trade}').replace('customer: keyed-hash, ', ''),
      'marketing/spend/spend.odcs.yaml': spend,
      'marketing/spend/spend.sql': 'select card as customer, amount from finance.metrics',
      'agreements/a2.oaas.yaml': smallTexts['agreements/a2.oaas.yaml'],
    },
    environment: { SHOP: url },
    places: { shop: { postgres: '${SHOP}', schemas: { finance: ['trade'] }, logins: {} } },
  });
  await mesh.apply();
  expect((await mesh.build('marketing/spend')).map(({ outcome, message }) => `${outcome} ${message}`)).toEqual([expect.stringMatching(/^published /)]);
  expect(await mesh.rows('select * from marketing.spend', 'max')).toEqual([{ customer: '************1111', amount: expect.anything() }]);
  await mesh.api('femi').answerAccess({ id: 'a2', verb: 'revoke' });
  expect((await mesh.build('marketing/spend')).map(({ outcome }) => outcome)).toEqual(['failed']);
});

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';
import { statementLog } from './statement-log.ts';

const server = await startPostgres(['shared_preload_libraries=pg_stat_statements']);
const log = () => statementLog({ connection: server?.url ?? '', schema: 'public', label: 'the database', deadlineMs: 30_000 });

describe.runIf(server !== undefined)('a PostgreSQL', () => {
  const client = new Client({ connectionString: server?.url });

  beforeAll(async () => {
    await client.connect();
    await client.query('create role bi; create table orders (id int, amount int); grant select on orders to bi');
  });

  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  test('without the extension it is said how to get it', async () => {
    await expect(log()).rejects.toMatchObject({ message: 'the database: pg_stat_statements is not there', hint: expect.stringContaining('create extension') });
  });

  test('statements come with their user, their number and the day since which they are counted, and without literals', async () => {
    await client.query('create schema tools; create extension pg_stat_statements schema tools; set role bi');
    for (const amount of [1, 2, 3]) await client.query(`select id from orders where amount = ${amount}4711`);
    await client.query('reset role');
    const statements = await log();
    expect(statements.filter(({ user, sql }) => user === 'bi' && sql.includes('orders'))).toEqual([
      { sql: 'select id from orders where amount = $1', user: 'bi', day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), count: 3 },
    ]);
    expect(JSON.stringify(statements)).not.toContain('4711');
  });
});

import { Pool, type PoolClient, types } from 'pg';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../error.ts';
import { genesis } from '../sql/chain.ts';
import { fillUses } from '../sql/reads.ts';
import { sqlStore } from '../sql/sql-store.ts';
import type { Row, Steps } from '../sql/steps.ts';
import type { Store } from '../store.ts';
import { postgresFailure } from './failure.ts';
import { postgresRunner } from './runner.ts';
import { schema, schemaVersion, uses } from './schema.ts';

/** Clients per process: one writer per chain and a few readers. */
const connections = 6;
/** How late a watcher may learn of another process's entry. */
const pollMs = 100;
/** Held while tables are made: two processes may start at once. "Hans" in ASCII. */
const migrationLock = 0x48_61_6e_73;

/**
 * Opens, or makes, the store in a PostgreSQL database; several processes may.
 * Throws `UserError` where the server does not keep what it acknowledges, `ExternalError` where it cannot be reached or used.
 */
export async function openPostgresStore({ connection, clock }: { readonly connection: string; readonly clock: Clock }): Promise<Store> {
  // `pipeline` sends the statements of one step together (pg 8.23; its types do not know it yet).
  const options = { connectionString: connection, max: connections, types: { getTypeParser }, pipeline: true };
  const pool = new Pool(options);
  // A connection may break between two statements, lent or idle: the next statement says so. Without listeners Node would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const place = describe(connection);
  try {
    await inTransaction(pool, (client) => migrate(client, place));
  } catch (error) {
    await pool.end();
    throw postgresFailure(error, place);
  }
  return sqlStore({ runner: postgresRunner(pool, place), clock, pollMs });
}

const int8 = 20;

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === int8 ? Number : types.getTypeParser(oid, format ?? 'text');
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } finally {
    client.release(true);
  }
}

async function migrate(client: PoolClient, place: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [setting]);
    if (rows[0]?.value === 'off') {
      throw new UserError('invalid', `PostgreSQL at ${place} runs with ${setting} = off: it loses what it acknowledged.`, `Turn ${setting} on.`);
    }
  }
  const { rows } = await client.query<{ format: string | null }>("select to_regclass('format') as format");
  if (rows[0]?.format === null) {
    await client.query(schema);
    await client.query("insert into heads values ('log', 0, $1), ('reads', 0, $1)", [genesis.hash]);
    await client.query('insert into format values ($1)', [schemaVersion]);
  }
  const found = await client.query<{ version: number }>('select version from format');
  const version = found.rows[0]?.version ?? 0;
  if (version === 1) {
    await client.query(uses);
    await finish(client, fillUses());
    await client.query('update format set version = $1', [schemaVersion]);
  }
  if (version > schemaVersion) {
    const message = `The store at ${place} was written by a newer Hanse (store version ${version}, this one reads ${schemaVersion}).`;
    throw new UserError('invalid', message, 'Update Hanse.');
  }
}

async function finish(client: PoolClient, steps: Steps<void>): Promise<void> {
  for (let step = steps.next(); !step.done;) {
    const answers = [];
    for (const { sql, values } of step.value) answers.push((await client.query<Row>(sql, [...values])).rows);
    step = steps.next(answers);
  }
}

/** The connection without its password. */
function describe(connection: string): string {
  const url = URL.parse(connection);
  return url === null ? 'its connection string' : `${url.host}${url.pathname}`;
}

import type { Pool, PoolClient } from 'pg';
import { ExternalError } from '../../error.ts';
import type { Head } from '../sql/chain.ts';
import type { Chain } from '../sql/log.ts';
import type { Runner } from '../sql/sql-store.ts';
import { numberOf, type Row, type Statement, type Steps, textOf } from '../sql/steps.ts';
import { postgresFailure } from './failure.ts';

/**
 * The locked row of a chain's head makes sequence order equal commit order, without gaps, among all processes; within
 * this one writers queue before they take a connection, so that reads always find one.
 */
export function postgresRunner(pool: Pool, place: string): Runner {
  const names = new Map<string, string>();
  const queues: Record<Chain, Promise<unknown>> = { log: Promise.resolve(), reads: Promise.resolve() };

  async function finish<T>(client: PoolClient, steps: Steps<T>): Promise<T> {
    let step = steps.next();
    while (!step.done) step = steps.next(await Promise.all(step.value.map((statement) => execute(client, statement))));
    return step.value;
  }

  /** Each connection prepares a statement once, under the name that its text has here. */
  async function execute(client: PoolClient, { sql: text, values }: Statement): Promise<readonly Row[]> {
    const name = names.get(text) ?? `hanse${names.size}`;
    names.set(text, name);
    const result = await client.query<Row>({ name, text, values: [...values] });
    return result.rows;
  }

  async function connected<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let broken = true;
    try {
      client = await pool.connect();
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      throw postgresFailure(error, place);
    } finally {
      client?.release(broken);
    }
  }

  async function transaction<T>(client: PoolClient, begin: string, work: () => Promise<T>): Promise<T> {
    await client.query(begin);
    const result = await work();
    await client.query('commit').catch((cause: unknown) => {
      throw new ExternalError(`PostgreSQL at ${place} did not answer the commit: whether it happened is not known.`, {
        cause,
        hint: 'Look the change up in the log before trying again.',
      });
    });
    return result;
  }

  function write<T>(chain: Chain, steps: (head: Head) => Steps<T>): Promise<T> {
    return connected((client) =>
      transaction(client, 'begin isolation level read committed', async () => {
        const [row] = await execute(client, { sql: 'select sequence, hash from heads where chain = $1 for update', values: [chain] });
        if (row === undefined) throw new ExternalError(`The store at ${place} has no head for its ${chain}.`, { hint: 'Restore a backup.' });
        return finish(client, steps({ sequence: numberOf(row, 'sequence'), hash: textOf(row, 'hash') }));
      }),
    );
  }

  return {
    read: (steps) => connected((client) => finish(client, steps)),
    write(chain, steps) {
      const result = queues[chain].then(() => write(chain, steps));
      queues[chain] = result.catch(() => {});
      return result;
    },
    snapshot: (steps) => connected((client) => transaction(client, 'begin isolation level repeatable read read only', () => finish(client, steps))),
    damages: async () => [],
    close: () => pool.end(),
  };
}

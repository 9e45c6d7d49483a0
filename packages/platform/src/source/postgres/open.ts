import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '@hanse/core/document/document.ts';
import type { BaseTable } from '@hanse/core/grant/access-schema.ts';
import type { PostgresSource } from '@hanse/core/product/build-file.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { UserError } from '../../error.ts';
import type { Files } from '../../files/files.ts';
import type { Landing, Source } from '../source.ts';
import { anyNumeric, columnOf } from './column-of.ts';
import { postgresClient, postgresFailure } from './connection.ts';
import { holdTable } from './hold-table.ts';

export interface PostgresSourceOptions {
  /** `postgres://...`, resolved. */
  readonly connection: string;
  readonly read: PostgresSource['read'];
  /** A column that only grows: a landing goes on above the last value. */
  readonly cursor?: string;
  /** The one table that a query over a place reads: nothing that its schema's users wrote is run. */
  readonly held?: BaseTable;
  readonly files: Files;
  readonly label: string;
}

/** Every value but null is quoted, so no text can be taken for it. */
const NULL_TEXT = '\\N';

/** A table or query of PostgreSQL, landed as CSV by COPY in one read-only snapshot: no value passes through JavaScript. */
export function openPostgresSource(options: PostgresSourceOptions): Source {
  return {
    land: async ({ after, signal }) => {
      const client = postgresClient(options);
      const cancel = () => void client.connection.stream.destroy();
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        await client.connect();
        return await landRows(client, options, after);
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof UserError
          ? error
          : postgresFailure(options, error, 'Correct the table or query in build.yaml, or what the user may read there.');
      } finally {
        signal?.removeEventListener('abort', cancel);
        await client.end().catch(() => {});
      }
    },
  };
}

async function landRows(client: Client, options: PostgresSourceOptions, after: JsonObject | undefined): Promise<Landing> {
  await client.query('begin transaction isolation level repeatable read read only');
  await client.query("set local datestyle = 'ISO'; set local timezone = 'UTC'; set local intervalstyle = 'iso_8601'; set local extra_float_digits = 3");
  if (options.held !== undefined) await holdTable(client, options.held, options.label);
  const rows = options.read.kind === 'table' ? `select * from ${tableName(options.read.table)}` : `\n${options.read.query.replace(/[\s;]+$/, '')}\n`;
  const { fields } = await client.query(`select * from (${rows}) as landed limit 0`);
  const columns = fields.map((field, index): Column => ({ id: index + 1, ...columnOf(field) }));
  const where = options.cursor === undefined ? '' : ` where ${above(options, columns, after)}`;
  const position = await positionOf(client, options, { rows, where, after });
  await refuseFiner(client, options, { rows, where, columns });
  const staged = await options.files.stage('data', 'csv');
  try {
    const copy = client.query(copyTo(`copy (select * from (${rows}) as landed${where}) to stdout (format csv, header, null '${NULL_TEXT}', force_quote *)`));
    await pipeline(copy, createWriteStream(staged.path, { flags: 'w' }));
    await client.query('commit');
  } catch (error) {
    await options.files.discard(staged);
    throw error;
  }
  return { relation: { format: 'csv', files: [staged.path], columns, csv: { delimiter: ',', header: true, nullText: NULL_TEXT } }, position, staged: [staged] };
}

function above({ cursor = '', label }: PostgresSourceOptions, columns: readonly Column[], after: JsonObject | undefined): string {
  if (!columns.some(({ name }) => name === cursor))
    throw new UserError('invalid', `${label}: there is no column ${cursor} for the cursor`, `It has: ${columns.map(({ name }) => name).join(', ')}.`);
  const known = after?.cursor;
  return typeof known === 'string' ? `${quoteName(cursor)} > ${quoteText(known)}` : `${quoteName(cursor)} is not null`;
}

interface Landed {
  readonly rows: string;
  readonly where: string;
  readonly after: JsonObject | undefined;
}

/** The greatest cursor in the snapshot; without a cursor every landing is another. */
async function positionOf(client: Client, { cursor }: PostgresSourceOptions, { rows, where, after }: Landed): Promise<JsonObject> {
  if (cursor === undefined) {
    const { rows: found } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
    return { snapshot: found[0]?.snapshot ?? '' };
  }
  const { rows: found } = await client.query<{ top: string | null }>(`select max(${quoteName(cursor)})::text as top from (${rows}) as landed${where}`);
  const top = found[0]?.top ?? after?.cursor;
  return top === undefined || top === null ? {} : { cursor: top };
}

/** CSV would be rounded to the column's scale without a word: a `numeric` that says none is looked at before. */
async function refuseFiner(
  client: Client,
  { label }: PostgresSourceOptions,
  { rows, where, columns }: Pick<Landed, 'rows' | 'where'> & { readonly columns: readonly Column[] },
): Promise<void> {
  const open = columns.filter(({ type }) => type === anyNumeric).map(({ name }) => name);
  if (open.length === 0) return;
  const tests = open.map((name, index) => `bool_or(min_scale(${quoteName(name)}) > ${anyNumeric.scale}) as finer${index}`);
  const { rows: found } = await client.query<Record<string, boolean | null>>(`select ${tests.join(', ')} from (${rows}) as landed${where}`);
  const finer = open.find((_, index) => found[0]?.[`finer${index}`] === true);
  if (finer === undefined) return;
  throw new UserError(
    'invalid',
    `${label}: column ${finer} is a numeric without a scale, with values of more than ${anyNumeric.scale} decimal digits`,
    'Cast it in a query: to numeric(38, <digits>), to double precision or to text.',
  );
}

function tableName(written: string): string {
  return written.split('.').map(quoteName).join('.');
}

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import duckdb, { type Connection, type PreparedStatement } from '@duckdb/node-bindings';
import { ExternalError, UserError } from '../../error.ts';
import type { DescribedColumn, Statement } from '../engine.ts';
import { type Frame, frameHeader } from './frame.ts';
import { rowTextSql, type TextFormat, type TextFrame, textFrame } from './result-sql.ts';
import { bareSql, bindParameters, describeSelect } from './session-statement.ts';
import { withoutExcerpt } from './statement-error.ts';
import { fetchText, type TextChunk } from './text-chunk.ts';

export interface TextRequest {
  readonly statement: Statement;
  readonly format: TextFormat;
  readonly maxRows?: number;
  /** True once somebody asked it to stop. */
  readonly stopped: () => boolean;
}

/** A result that has begun: its columns are known and its first rows are there. */
export interface TextStream {
  readonly columns: readonly DescribedColumn[];
  /** Sends all rows as frames and ends with an `end` frame; throws where it could not. */
  send(socket: Socket): Promise<void>;
}

export interface TextSource {
  readonly raw: Connection;
  readonly connection: DuckDBConnection;
  /** Plans of the last statements: what a worker holds never changes, so a plan stays right. */
  readonly kept: Map<string, TextPlan>;
}

export interface TextPlan {
  readonly columns: readonly DescribedColumn[];
  readonly sql: string;
  readonly handle: PreparedStatement;
}

const maxKept = 64;
/** DuckDB computes `age` of a constant while it plans, from the day it is then. */
const foldsToday = /\bage\b/i;

export async function startText(source: TextSource, request: TextRequest): Promise<TextStream> {
  const { statement, format, maxRows } = request;
  const { connection } = source;
  const { columns, sql, handle } = await planText(source, statement, format);
  bindParameters(new DuckDBPreparedStatement(handle), statement.parameters ?? []);
  const result = await withoutExcerpt(duckdb.execute_prepared_streaming(handle));
  const next = async (): Promise<TextChunk> => {
    const chunk = await fetchText(result);
    if (request.stopped()) throw new ExternalError('The query was stopped.');
    return chunk ?? failAgain(connection, sql, statement);
  };
  const first = await next();
  return {
    columns,
    async send(socket) {
      const frame = textFrame(format, columns);
      await sendFrame(socket, 'data', [Buffer.from(frame.head)]);
      let rows = 0;
      for (let chunk = first; chunk.rows > 0;) {
        const parts = firstSkipped(chunk, rows === 0 ? frame : undefined);
        rows += chunk.rows;
        if (maxRows !== undefined && rows > maxRows) throw tooManyRows(maxRows);
        const sent = sendFrame(socket, 'data', parts);
        if (chunk.end) {
          await sent;
          break;
        }
        // The next rows are made while these leave.
        [chunk] = await Promise.all([next(), sent]);
      }
      await sendFrame(socket, 'data', [Buffer.from(frame.tail)]);
      await sendFrame(socket, 'end', []);
    },
  };
}

/** Planning is most of a small statement's time. With parameters the plan depends on the types of their values. */
async function planText({ raw, connection, kept }: TextSource, statement: Statement, format: TextFormat): Promise<TextPlan> {
  const key = `${format} ${statement.sql}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const columns = await describeSelect(connection, statement);
  const sql = rowTextSql(format, bareSql(statement.sql), columns);
  const plan = { columns, sql, handle: await duckdb.prepare(raw, sql) };
  if ((statement.parameters ?? []).length > 0 || foldsToday.test(statement.sql)) return plan;
  kept.set(key, plan);
  for (const oldest of kept.keys()) if (kept.size > maxKept) kept.delete(oldest);
  return plan;
}

/** A streaming result does not say why it broke off: the same statement, run whole, does. */
async function failAgain(connection: DuckDBConnection, sql: string, { parameters }: Statement): Promise<never> {
  const prepared = await connection.prepare(`SELECT bit_xor(hash(COLUMNS(*))) FROM (${sql}) AS result`);
  bindParameters(prepared, parameters ?? []);
  await withoutExcerpt(prepared.run());
  throw new ExternalError('The result broke off, and DuckDB does not say why.', { hint: 'Run the statement again.' });
}

export function tooManyRows(maxRows: number): UserError {
  return new UserError('limit', `The result has more than ${maxRows} rows.`, 'Add a LIMIT, or aggregate.');
}

function firstSkipped({ parts }: TextChunk, frame: TextFrame | undefined): readonly Uint8Array[] {
  const [first, ...rest] = parts;
  return frame === undefined || first === undefined ? parts : [first.subarray(frame.skip), ...rest];
}

/** Waits until the socket takes more: a reader who stops reading stops the query. */
export async function sendFrame(socket: Socket, kind: Frame['kind'], parts: readonly Uint8Array[]): Promise<void> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  socket.cork();
  let ready = socket.write(frameHeader(kind, length));
  for (const part of parts) ready = socket.write(part);
  socket.uncork();
  if (!ready) await once(socket, 'drain');
}

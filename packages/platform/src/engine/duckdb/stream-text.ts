import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import duckdb, { type Connection } from '@duckdb/node-bindings';
import { ExternalError, UserError } from '../../error.ts';
import type { DescribedColumn, Statement } from '../engine.ts';
import { type Frame, frameHeader } from './frame.ts';
import { rowTextSql, type TextFormat, type TextFrame, textFrame } from './result-sql.ts';
import { bareSql, bindParameters, describeSelect } from './session-statement.ts';
import { fetchText, type TextChunk } from './text-chunk.ts';

export interface TextRequest {
  readonly statement: Statement;
  readonly format: TextFormat;
  readonly maxRows?: number;
}

/** A result that has begun: its columns are known and its first rows are there. */
export interface TextStream {
  readonly columns: readonly DescribedColumn[];
  /** Sends all rows as frames and ends with an `end` frame; throws where it could not. */
  send(socket: Socket, stopped: () => boolean): Promise<void>;
}

export async function startText(raw: Connection, connection: DuckDBConnection, request: TextRequest): Promise<TextStream> {
  const { statement, format, maxRows } = request;
  const columns = await describeSelect(connection, statement);
  const handle = await duckdb.prepare(raw, rowTextSql(format, bareSql(statement.sql), columns));
  bindParameters(new DuckDBPreparedStatement(handle), statement.parameters ?? []);
  const result = await duckdb.execute_prepared_streaming(handle);
  const first = await fetchText(result);
  return {
    columns,
    async send(socket, stopped) {
      const frame = textFrame(format, columns);
      if (frame.head !== '') await sendFrame(socket, 'data', [Buffer.from(frame.head)]);
      let rows = 0;
      for (let chunk = first; chunk !== undefined; chunk = await fetchText(result)) {
        if (stopped()) throw new ExternalError('The query was stopped.');
        await sendFrame(socket, 'data', firstSkipped(chunk, rows === 0 ? frame : undefined));
        rows += chunk.rows;
        if (maxRows !== undefined && rows > maxRows) throw tooManyRows(maxRows);
      }
      if (frame.tail !== '') await sendFrame(socket, 'data', [Buffer.from(frame.tail)]);
      await sendFrame(socket, 'end', []);
    },
  };
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
  const frame = Buffer.concat([frameHeader(kind, length), ...parts]);
  if (!socket.write(frame)) await once(socket, 'drain');
}

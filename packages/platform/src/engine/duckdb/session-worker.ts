import { Socket } from 'node:net';
import { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Held } from '@hanse/core/gate/gate.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { DescribedColumn, Statement } from '../engine.ts';
import { copyFile } from './copy-file.ts';
import { gateStatement } from './gate-statement.ts';
import { openHolding } from './harden.ts';
import { databaseName } from './relation-sql.ts';
import { distinctNames } from './result-sql.ts';
import type { Holding, SessionRequest } from './session-request.ts';
import { bareSql, bindParameters, describeSelect, prepareSelect } from './session-statement.ts';
import { type Redact, redactor, statementError, withoutExcerpt } from './statement-error.ts';
import { sendFrame, startText, type TextPlan, type TextRequest, tooManyRows } from './stream-text.ts';
import { serveParent } from './worker-channel.ts';
import { faultOf } from './worker-message.ts';

const maxSmallRows = 10_000;
const progressIntervalMs = 200;

const socket = new Socket({ fd: 3 });
socket.on('error', () => undefined);
const raw = await duckdb.connect(await duckdb.open(':memory:'));
const connection = new DuckDBConnection(raw);
let redact: Redact = (text) => text;
let held: Held | undefined;
let stopped = false;
const kept = new Map<string, TextPlan>();

serveParent<SessionRequest>({
  async handle(request, progress) {
    stopped = false;
    const watched = 'progress' in request && request.progress;
    const watch = watched ? setInterval(report(progress), progressIntervalMs) : undefined;
    try {
      return await run(request);
    } catch (error) {
      throw statementError(error, redact);
    } finally {
      clearInterval(watch);
    }
  },
  interrupt() {
    stopped = true;
    connection.interrupt();
  },
});

/** DuckDB starts again with each part of a plan; what we say never falls. */
function report(progress: (done: number) => void): () => void {
  let furthest = 0;
  return () => {
    furthest = Math.max(furthest, Math.min(connection.progress.percentage / 100, 1));
    progress(furthest);
  };
}

async function run(request: SessionRequest): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      return open(request.holding, request.tempFolder);
    case 'parse':
      return (await gateStatement(connection, request.sql, held)).analysis;
    case 'describe':
      return describeSelect(connection, request.statement);
    case 'rows':
      return smallRows(request.statement);
    case 'stream':
      return stream({ ...request, stopped: () => stopped });
    case 'export':
      return exportParquet(request.statement, request.path, request.maxRows);
    case 'write':
      return copyFile(connection, request.statement, request.target);
    default:
      return request satisfies never;
  }
}

async function open(holding: Holding, tempFolder: string): Promise<void> {
  const places = new Map(holding.relations.flatMap(({ schema, name, files }) => files.map((file) => [file, `${schema}.${name}`])));
  for (const path of holding.writable) places.set(path, '<result>');
  for (const path of holding.readable) places.set(path, '<kept>');
  held = {
    tables: holding.relations.map(({ schema, name }) => ({ schema: schema === 'main' ? '' : schema, name })),
    databases: holding.relations.filter(({ format }) => format === 'duckdb').map(databaseName),
  };
  redact = redactor(places.set(tempFolder, '<temp>'));
  await withoutExcerpt(openHolding(connection, holding, tempFolder));
}

async function smallRows(statement: Statement): Promise<unknown> {
  const prepared = await prepareSelect(connection, statement);
  const result = await prepared.run();
  if (result.rowCount > maxSmallRows) throw tooManyRows(maxSmallRows);
  return result.getRowObjectsJson();
}

/** Answers once the first rows are there, so that most errors come before any byte; the rest follows on the socket. */
async function stream(request: TextRequest): Promise<readonly DescribedColumn[]> {
  const { columns, send } = await startText({ raw, connection, kept }, request);
  send(socket).catch((error: unknown) => sendFrame(socket, 'error', [Buffer.from(JSON.stringify(faultOf(statementError(error, redact))))]));
  return columns;
}

async function exportParquet(statement: Statement, path: string, maxRows: number | undefined): Promise<readonly DescribedColumn[]> {
  const columns = await describeSelect(connection, statement);
  const names = distinctNames(columns.map(({ name }) => name)).map(quoteName);
  const limit = maxRows === undefined ? '' : ` LIMIT ${maxRows + 1}`;
  const prepared = await connection.prepare(
    `COPY (SELECT * FROM (${bareSql(statement.sql)}\n) AS result(${names.join(', ')})${limit})
      TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
  );
  bindParameters(prepared, statement.parameters ?? []);
  const { rowsChanged } = await withoutExcerpt(prepared.run());
  if (maxRows !== undefined && rowsChanged > maxRows) throw tooManyRows(maxRows);
  return columns;
}

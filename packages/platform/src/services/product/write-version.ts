import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Relation, Session, TableShape, WrittenFile } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Staged } from '../../files/files.ts';
import { mergeVersion } from './merge-version.ts';
import { settleColumns } from './settle-columns.ts';
import { type Candidate, sealData, type SettledColumns, type VersionNeeds, type VersionRequest } from './version.ts';

/** Runs a build's SELECT and seals what it gives, by the object's mode; undefined where there is no new row. */
export async function writeVersion(platform: VersionNeeds, request: VersionRequest): Promise<Candidate | undefined> {
  const mode = request.previous === undefined ? 'full' : request.mode;
  const staged = await platform.files.stage('data', 'parquet');
  try {
    const written = await writeSelect(platform, request, staged);
    platform.onStep?.('staged');
    if (written.file.rows === 0 && mode !== 'full') return undefined;
    const added = await sealData(platform, staged, written.file);
    const cursor = request.object.mode === 'append' ? cursorOf(request, written) : undefined;
    const whole: Candidate = { ...written.settled, inputs: written.inputs, added: [added], kept: [], ...(cursor !== undefined && { cursor }) };
    if (mode === 'append') return { ...whole, kept: request.previous?.files ?? [] };
    return mode === 'merge' ? await mergeVersion(platform, request, whole) : whole;
  } finally {
    await platform.files.discard(staged);
  }
}

interface WrittenSelect {
  readonly settled: SettledColumns;
  readonly inputs: readonly TableShape[];
  readonly file: WrittenFile;
}

async function writeSelect(platform: VersionNeeds, request: VersionRequest, staged: Staged): Promise<WrittenSelect> {
  await using session = await platform.engine.session({
    relations: request.relations,
    limits: platform.limits.build,
    writable: [staged.path],
    ...(request.signal !== undefined && { signal: request.signal }),
  });
  const settled = settleColumns(request.table, await session.describe({ sql: request.sql }), request.previous);
  const file = await session.write(newRows(request, settled.columns), { path: staged.path, columns: settled.columns }, request.progress);
  const inputs = await Array.fromAsync(request.relations, (relation) => shapeOf(session, relation));
  return { settled, inputs, file };
}

/** A source that states no columns is asked for them. */
async function shapeOf(session: Session, { schema, name, columns }: Relation): Promise<TableShape> {
  if (columns !== undefined) return { schema, name, columns };
  const described = await session.describe({ sql: `SELECT * FROM ${quoteName(schema)}.${quoteName(name)}` });
  return { schema, name, columns: described.map((column, index) => ({ id: index + 1, name: column.name, type: column.type, required: false })) };
}

/** In append mode, the rows above the cursor's last value. */
function newRows(request: VersionRequest, columns: readonly Column[]): Parameters<Session['write']>[0] {
  const { object, mode, previous, sql } = request;
  if (mode !== 'append' || previous?.head.cursor === undefined) return { sql };
  const column = columns.find(({ name }) => name === object.cursor);
  if (column === undefined) throw noCursor(request);
  return { sql: `SELECT * FROM (\n${sql}\n) AS built WHERE built.${quoteName(column.name)} > $1`, parameters: [previous.head.cursor] };
}

function cursorOf(request: VersionRequest, { settled, file }: WrittenSelect): string | undefined {
  const column = settled.columns.find(({ name }) => name === request.object.cursor);
  if (column === undefined) throw noCursor(request);
  return file.statistics.find(({ columnId }) => columnId === column.id)?.max ?? request.previous?.head.cursor;
}

function noCursor({ table, object }: VersionRequest): UserError {
  const message = `${tableRef(table)}: mode append needs a cursor, and ${object.cursor === undefined ? 'build.yaml names none' : `the build gives no column ${object.cursor}`}`;
  return new UserError('invalid', message, 'Name a column that only grows under cursor: in build.yaml.');
}

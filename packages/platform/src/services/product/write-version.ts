import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Relation, Session, TableShape, WrittenFile } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Staged } from '../../files/files.ts';
import type { Cursor } from '../table/table-head.ts';
import { mergeVersion } from './merge-version.ts';
import { settleColumns } from './settle-columns.ts';
import { type Candidate, sealData, type SettledColumns, type VersionNeeds, type VersionRequest } from './version.ts';

/** Runs a build's SELECT and seals what it gives, by the object's mode; undefined where there is no new row. */
export async function writeVersion(platform: VersionNeeds, request: VersionRequest): Promise<Candidate | undefined> {
  const { mode } = request;
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
  const settled = settleColumns({
    table: request.table,
    described: await session.describe({ sql: request.sql }),
    keepsFiles: request.mode !== 'full',
    blocks: request.level === 'block',
    ...(request.previous !== undefined && { previous: request.previous }),
  });
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
function newRows({ mode, previous, sql }: VersionRequest, columns: readonly Column[]): Parameters<Session['write']>[0] {
  const last = mode === 'append' ? previous?.head.cursor : undefined;
  const column = columns.find(({ id }) => id === last?.columnId);
  if (last === undefined || column === undefined) return { sql };
  return { sql: `SELECT * FROM (\n${sql}\n) AS built WHERE built.${quoteName(column.name)} > $1::${duckdbType(column.type)}`, parameters: [last.value] };
}

/** None where the build names none: an outside writer delivers what is to be added. */
function cursorOf({ table, object, previous }: VersionRequest, { settled, file }: WrittenSelect): Cursor | undefined {
  if (object.cursor === undefined) return undefined;
  const column = settled.columns.find(({ name }) => name === object.cursor);
  if (column === undefined)
    throw new UserError(
      'invalid',
      `${tableRef(table)}: mode append needs its cursor, and the build gives no column ${object.cursor}`,
      'Name a column that only grows under cursor: in build.yaml.',
    );
  const value = file.statistics.find(({ columnId }) => columnId === column.id)?.max;
  if (value !== undefined) return { columnId: column.id, value };
  if (file.rows === 0) return previous?.head.cursor;
  throw new UserError(
    'invalid',
    `${tableRef(table)}: the greatest value of the cursor ${object.cursor} cannot be told`,
    'Take a column of numbers, dates or short texts that is never null.',
  );
}

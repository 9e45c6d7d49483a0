import { type DuckDBConnection, type DuckDBValue, DuckDBMapValue } from '@duckdb/node-api';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { UserError } from '../../error.ts';
import type { DescribedColumn, Statement, WriteTarget, WrittenFile } from '../engine.ts';
import { fieldIds } from './field-ids.ts';
import { withoutExcerpt } from './statement-error.ts';
import { bareSql, bindParameters, describeSelect } from './session-statement.ts';
import { columnStatistics, type RawStatistics } from './written-file.ts';

/** A target column and the column of the SELECT that fills it. */
interface Filled {
  readonly column: Column;
  readonly from: DescribedColumn;
}

/**
 * Writes a SELECT as one Parquet file with the target's columns, in their order; columns that the target lacks are left
 * out. Throws a `UserError` that names the column which the SELECT lacks or whose values do not fit.
 */
export async function copyFile(connection: DuckDBConnection, statement: Statement, target: WriteTarget): Promise<WrittenFile> {
  const described = await describeSelect(connection, statement);
  const filled = target.columns.map((column) => ({ column, from: sourceOf(column, described) }));
  const casts = filled.map(({ column, from }) => `${castText(column, from)} AS ${quoteName(column.name)}`);
  const copy = `COPY (SELECT ${casts.join(', ')} FROM (${bareSql(statement.sql)}\n) AS result) TO ${quoteText(target.path)}
    (FORMAT parquet, COMPRESSION zstd, FIELD_IDS ${fieldIds(target.columns)}, RETURN_STATS, USE_TMP_FILE false)`;
  const row = await runOne(connection, copy, statement).catch(async (error: unknown) => {
    throw await explainCast(connection, statement, filled, error);
  });
  return {
    path: target.path,
    rows: Number(row['count']),
    bytes: Number(row['file_size_bytes']),
    statistics: columnStatistics(target.columns, rawStatistics(row['column_statistics'])),
  };
}

async function runOne(connection: DuckDBConnection, sql: string, { parameters }: Statement): Promise<Readonly<Record<string, DuckDBValue>>> {
  const prepared = await withoutExcerpt(connection.prepare(sql));
  bindParameters(prepared, parameters ?? []);
  const [row] = (await withoutExcerpt(prepared.runAndReadAll())).getRowObjects();
  return row ?? {};
}

function sourceOf(column: Column, described: readonly DescribedColumn[]): DescribedColumn {
  const found = described.find(({ name }) => name === column.name) ?? described.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
  if (found !== undefined) return found;
  const has = described.map(({ name }) => name).join(', ');
  throw new UserError('invalid', `Column ${column.name} is not in the SELECT, which gives ${has}.`, 'Add it to the SELECT.');
}

const whole: ReadonlySet<ColumnType['kind']> = new Set(['int', 'long']);
const fractional: ReadonlySet<ColumnType['kind']> = new Set(['float', 'double', 'decimal']);

/** DuckDB rounds a fraction into a whole number without a word; here it is an error. */
function castText({ name, type }: Column, from: DescribedColumn): string {
  const value = quoteName(from.name);
  const cast = `${value}::${duckdbType(type)}`;
  if (!whole.has(type.kind) || !fractional.has(from.type.kind)) return cast;
  const message = quoteText(`Column ${name} holds a fraction where its type is ${type.kind}.`);
  return `CASE WHEN ${value} = trunc(${value}) OR ${value} IS NULL THEN ${cast} ELSE error(${message})::${duckdbType(type)} END`;
}

/** Runs the statement once more to find the first column whose values do not fit. */
async function explainCast(connection: DuckDBConnection, statement: Statement, filled: readonly Filled[], error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !/^(Conversion|Binder|Invalid Input|Out of Range) Error/.test(error.message)) return error;
  for (const { column, from } of filled) {
    const check = `SELECT count(${castText(column, from)}) FROM (${bareSql(statement.sql)}\n) AS result`;
    const message = await runOne(connection, check, statement).then(
      () => undefined,
      (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
    );
    if (message === undefined) continue;
    const alone = `SELECT count(COLUMNS(*)) FROM (${bareSql(statement.sql)}\n) AS result`;
    if (
      await runOne(connection, alone, statement).then(
        () => false,
        () => true,
      )
    )
      return error;
    return new UserError(
      'invalid',
      `Column ${column.name} (${from.typeName}) does not fit its type ${duckdbType(column.type)}: ${message}`,
      'Correct the value or cast it in the SELECT.',
    );
  }
  return error;
}

function rawStatistics(value: DuckDBValue | undefined): RawStatistics {
  if (!(value instanceof DuckDBMapValue)) return new Map();
  return new Map(value.entries.map(({ key, value: inner }) => [String(key), textMap(inner)]));
}

function textMap(value: DuckDBValue): ReadonlyMap<string, string> {
  if (!(value instanceof DuckDBMapValue)) return new Map();
  return new Map(value.entries.map((entry) => [String(entry.key), String(entry.value)]));
}

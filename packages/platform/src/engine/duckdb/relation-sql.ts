import { basename } from 'node:path';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { UserError } from '../../error.ts';
import type { Relation } from '../engine.ts';
import { type FileFields, fileSelect, hasStruct, nestedSelect, parquetSelect, withNaN } from './parquet-select.ts';
import { quoteList } from './quote-list.ts';

/** What the files of a relation say of themselves, where that has to be asked first. */
export interface Found {
  /** The names in a CSV file's header: a column that it lacks reads as null. */
  readonly header: readonly string[];
  /** The names of the fields of Parquet files, where `needsFields`. */
  readonly fields: readonly FileFields[];
}

/** The statement that makes a relation visible under its full name. */
export function relationSql(relation: Relation, found: Found): string {
  const name = relationName(relation);
  if (relation.files.length === 0) return emptyTable(relation, name);
  return `CREATE VIEW ${name} AS ${relationSelect(relation, found)}`;
}

export function schemaSql(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS memory.${quoteName(schema)}`;
}

/** What a DuckDB file is called in statements: as its name says. */
export function databaseName({ files: [file = ''] }: Relation): string {
  return basename(file).replace(/\.\w+$/, '');
}

/** Opens the DuckDB file of a relation. Its other tables can be named by the contract's queries too. */
export function attachSql(relation: Relation): string {
  return `ATTACH IF NOT EXISTS ${quoteText(relation.files[0] ?? '')} AS ${quoteName(databaseName(relation))} (READ_ONLY)`;
}

/** Names the columns of a CSV relation's files. */
export function csvHeaderSql(relation: Relation): string {
  return `DESCRIBE SELECT * FROM read_csv(${quoteList(relation.files)}, all_varchar = true, union_by_name = true${csvOptions({ ...relation.csv, header: true })})`;
}

/** True where the SQL of a relation depends on the names that its Parquet files give their fields. */
export function needsFields({ format, columns, files }: Relation): boolean {
  return format === 'parquet' && columns !== undefined && files.length > 0 && (files.length === 1 || hasStruct(columns));
}

/** Lists the field ids and names of a relation's Parquet files. */
export function parquetFieldsSql(relation: Relation): string {
  return `SELECT file_name, field_id, name FROM parquet_schema(${quoteList(relation.files)}) WHERE field_id IS NOT NULL`;
}

/** The relation's full name, quoted. */
export function relationName(relation: Pick<Relation, 'schema' | 'name'>): string {
  return `memory.${quoteName(relation.schema)}.${quoteName(relation.name)}`;
}

function emptyTable({ columns, schema, name }: Relation, quoted: string): string {
  if (columns === undefined || columns.length === 0) {
    throw new UserError('invalid', `${schema}.${name} has neither files nor columns.`, 'Deliver data, or declare its columns.');
  }
  return `CREATE TABLE ${quoted} (${columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`).join(', ')})`;
}

function relationSelect(relation: Relation, { header, fields }: Found): string {
  const files = quoteList(relation.files);
  const { columns } = relation;
  switch (relation.format) {
    case 'parquet':
      if (columns === undefined) return `SELECT * FROM read_parquet(${files}, union_by_name = true${withNaN})`;
      return hasStruct(columns) ? nestedSelect(columns, fields, relation.foreign ? withNaN : '') : flatSelect(relation, columns, fields);
    case 'json':
      return columns === undefined
        ? `SELECT * FROM read_json(${files}, union_by_name = true, sample_size = -1)`
        : `SELECT * FROM read_json(${files}, columns = ${typeMap(columns)})`;
    case 'csv':
      return columns === undefined
        ? `SELECT * FROM read_csv(${files}, union_by_name = true, sample_size = -1${csvOptions(relation.csv)})`
        : csvSelect(relation, columns, header);
    case 'duckdb':
      return `SELECT * FROM ${[databaseName(relation), relation.table?.schema ?? 'main', relation.table?.name ?? relation.name].map(quoteName).join('.')}`;
    default:
      return relation.format satisfies never;
  }
}

function flatSelect({ files, foreign }: Relation, columns: readonly Column[], fields: readonly FileFields[]): string {
  const [only, ...others] = fields;
  const more = foreign ? withNaN : '';
  const named = only === undefined || others.length > 0 ? undefined : fileSelect(columns, only, more);
  return named ?? parquetSelect(columns, files, more);
}

function typeMap(columns: readonly Column[]): string {
  return `{${columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(duckdbType(type))}`).join(', ')}}`;
}

/** How a file is written, as far as that is said; the rest DuckDB finds out. */
export function csvOptions({ delimiter, header, nullText, encoding }: NonNullable<Relation['csv']> = {}): string {
  return [
    delimiter === undefined ? '' : `, delim = ${quoteText(delimiter)}`,
    header === undefined ? '' : `, header = ${header}`,
    nullText === undefined ? '' : `, nullstr = ${quoteText(nullText)}`,
    encoding === undefined ? '' : `, encoding = ${quoteText(encoding)}`,
  ].join('');
}

/**
 * Fields by the header's names, or by position where there is none. What stands for null (an empty field, if nothing else is
 * said) is null; quoted it is text: what PostgreSQL's COPY means.
 */
function csvSelect({ schema, name: relation, files, csv = {} }: Relation, columns: readonly Column[], header: readonly string[]): string {
  const quotes = `quote = '"', escape = '"', allow_quoted_nulls = false`;
  if (csv.header === false) {
    return `SELECT * FROM read_csv(${quoteList(files)}, auto_detect = false, ${quotes}${csvOptions({ delimiter: ',', ...csv })}, columns = ${typeMap(columns)})`;
  }
  const present = columns.filter(({ name }) => header.includes(name));
  // A line of another width can keep DuckDB from finding the delimiter: then nothing of the header is a name.
  if (present.length === 0) {
    const hint = `Its first line is read as: ${header.join(' | ').slice(0, 200)}. Correct the names, say csv: {delimiter: ","}, or correct lines with more or fewer fields.`;
    throw new UserError('invalid', `${schema}.${relation}: the header names none of the columns ${columns.map(({ name }) => name).join(', ')}`, hint);
  }
  const fields = columns.map((column) => (present.includes(column) ? quoteName(column.name) : `NULL::${duckdbType(column.type)} AS ${quoteName(column.name)}`));
  return `SELECT ${fields.join(', ')} FROM read_csv(${quoteList(files)}, union_by_name = true, ${quotes}${csvOptions({ ...csv, header: true })}, types = ${typeMap(present)})`;
}

import type { Column } from '@hanse/core/table/column.ts';
import { UserError } from '../../error.ts';
import type { Relation } from '../engine.ts';
import { sqlType } from './column-type.ts';
import { quoteList, quoteName, quoteText } from './quote.ts';

/**
 * The statements that make a relation visible under its full name. `found`: the columns that a CSV file names, so that
 * those it lacks read as null.
 */
export function relationSql(relation: Relation, found: readonly string[] = []): string {
  const name = relationName(relation);
  if (relation.files.length === 0) return emptyTable(relation, name);
  return `CREATE VIEW ${name} AS ${relationSelect(relation, found)}`;
}

export function schemaSql(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS memory.${quoteName(schema)}`;
}

/** Names the columns of a CSV relation's files. */
export function csvHeaderSql(relation: Relation): string {
  return `DESCRIBE SELECT * FROM read_csv(${quoteList(relation.files)}, header = true, all_varchar = true, union_by_name = true)`;
}

function relationName(relation: Relation): string {
  return `memory.${quoteName(relation.schema)}.${quoteName(relation.name)}`;
}

function emptyTable({ columns, schema, name }: Relation, quoted: string): string {
  if (columns === undefined || columns.length === 0) {
    throw new UserError('invalid', `${schema}.${name} has neither files nor columns.`, 'Deliver data, or declare its columns.');
  }
  return `CREATE TABLE ${quoted} (${columns.map((column) => `${quoteName(column.name)} ${sqlType(column.type)}`).join(', ')})`;
}

function relationSelect(relation: Relation, found: readonly string[]): string {
  const files = quoteList(relation.files);
  const { columns } = relation;
  switch (relation.format) {
    case 'parquet':
      return columns === undefined
        ? `SELECT * FROM read_parquet(${files}, union_by_name = true)`
        : `SELECT * FROM read_parquet(${files}, schema = ${fieldMap(columns)})`;
    case 'json':
      return columns === undefined
        ? `SELECT * FROM read_json(${files}, union_by_name = true, sample_size = -1)`
        : `SELECT * FROM read_json(${files}, columns = ${typeMap(columns)})`;
    case 'csv':
      return columns === undefined
        ? `SELECT * FROM read_csv(${files}, union_by_name = true, sample_size = -1)`
        : csvSelect(files, columns, found);
    default:
      return relation.format satisfies never;
  }
}

function fieldMap(columns: readonly Column[]): string {
  const entries = columns.map(
    ({ id, name, type }) => `${id}: {name: ${quoteText(name)}, type: ${quoteText(sqlType(type))}, default_value: NULL}`,
  );
  return `MAP{${entries.join(', ')}}`;
}

function typeMap(columns: readonly Column[]): string {
  return `{${columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(sqlType(type))}`).join(', ')}}`;
}

/** Fields by the header's names. An empty field is null, a quoted empty one is text: what PostgreSQL's COPY means. */
function csvSelect(files: string, columns: readonly Column[], found: readonly string[]): string {
  const present = columns.filter(({ name }) => found.includes(name));
  const fields = columns.map((column) =>
    present.includes(column) ? quoteName(column.name) : `NULL::${sqlType(column.type)} AS ${quoteName(column.name)}`,
  );
  const types = present.length === 0 ? '' : `, types = ${typeMap(present)}`;
  return `SELECT ${fields.join(', ')} FROM read_csv(${files}, header = true, union_by_name = true, allow_quoted_nulls = false${types})`;
}

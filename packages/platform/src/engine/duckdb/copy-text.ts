import type { ColumnType } from '@hanse/core/table/column.ts';
import { jsonText } from './result-sql.ts';

export interface CopiedValue {
  readonly value: string;
  readonly type: ColumnType;
}

/** SQL that gives a row in the text format of PostgreSQL's COPY: tabs between values, `\N` for null, backslash escapes. */
export function copyRow(values: readonly CopiedValue[]): string {
  return `concat(${values.map(({ value, type }) => `coalesce(${escaped(postgresText(value, type), type)}, '\\N')`).join(`, E'\\t', `)}, E'\\n')`;
}

/** SQL of a value as PostgreSQL would write it; lists of lists, structs and maps are JSON, because its arrays hold neither. */
function postgresText(value: string, type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE WHEN ${value} THEN 't' WHEN NOT ${value} THEN 'f' END`;
    case 'float':
    case 'double':
      return `CASE WHEN isfinite(${value}) THEN ${value}::VARCHAR WHEN isnan(${value}) THEN 'NaN' WHEN ${value} > 0 THEN 'Infinity' WHEN ${value} < 0 THEN '-Infinity' END`;
    case 'date':
      return `replace(${value}::VARCHAR, ' (BC)', ' BC')`;
    case 'timestamp':
      // PostgreSQL knows no nanoseconds.
      return `replace(${value}::TIMESTAMP::VARCHAR, ' (BC)', ' BC')`;
    case 'timestamptz':
      return `replace(${value}::VARCHAR, ' (BC)', ' BC')`;
    case 'binary':
      return `'\\x' || lower(hex(${value}))`;
    case 'list':
      return isPlain(type.element) ? arrayText(value, type.element) : presentJson(value, type);
    case 'map':
    case 'struct':
      return presentJson(value, type);
    default:
      return `${value}::VARCHAR`;
  }
}

function presentJson(value: string, type: ColumnType): string {
  return `CASE WHEN ${value} IS NOT NULL THEN ${jsonText(value, type)} END`;
}

function arrayText(value: string, element: ColumnType): string {
  const text = postgresText('e', element);
  const quoted = unquoted.has(element.kind) ? text : `'"' || replace(replace(${text}, '\\', '\\\\'), '"', '\\"') || '"'`;
  return `'{' || array_to_string(list_transform(${value}, lambda e: coalesce(${quoted}, 'NULL')), ',') || '}'`;
}

function isPlain({ kind }: ColumnType): boolean {
  return kind !== 'list' && kind !== 'map' && kind !== 'struct';
}

const unquoted: ReadonlySet<ColumnType['kind']> = new Set(['boolean', 'int', 'long', 'float', 'double', 'decimal', 'uuid', 'time']);
const escapes = [
  [`'\\'`, `'\\\\'`],
  [`E'\\t'`, `'\\t'`],
  [`E'\\n'`, `'\\n'`],
  [`E'\\r'`, `'\\r'`],
] as const;
const escapable: ReadonlySet<ColumnType['kind']> = new Set(['string', 'binary', 'list', 'map', 'struct']);

function escaped(text: string, { kind }: ColumnType): string {
  if (!escapable.has(kind)) return text;
  const special = escapes.map(([character]) => `contains(${text}, ${character})`).join(' OR ');
  return `CASE WHEN ${special} THEN ${escapes.reduce((inner, [from, to]) => `replace(${inner}, ${from}, ${to})`, text)} ELSE ${text} END`;
}

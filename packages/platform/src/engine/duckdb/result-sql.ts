import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { ColumnType } from '@hanse/core/table/column.ts';
import type { DescribedColumn } from '../engine.ts';
import { copyRow } from './copy-text.ts';

export type TextFormat = 'json' | 'jsonl' | 'csv' | 'copy';

/** What a format writes before its rows, after them, and how many bytes of the first row are left out (a separator). */
export interface TextFrame {
  readonly head: string;
  readonly tail: string;
  readonly skip: number;
}

/**
 * A SELECT that gives each row of another as one text in the client's format, faster than rows as objects by far, and a
 * null after the last.
 * JSON numbers keep every digit; NaN and infinity are null, bytes are base64, times are DuckDB's text in UTC.
 */
export function rowTextSql(format: TextFormat, sql: string, columns: readonly DescribedColumn[]): string {
  const aliases = columns.map((_, at) => `c${at}`);
  return `SELECT ${rowText(format, columns)} FROM (${sql}\n) AS result(${aliases.join(', ')}) UNION ALL SELECT NULL`;
}

export function textFrame(format: TextFormat, columns: readonly DescribedColumn[]): TextFrame {
  switch (format) {
    case 'json':
      return { head: '[', tail: ']\n', skip: 1 };
    case 'jsonl':
    case 'copy':
      return { head: '', tail: '', skip: 0 };
    case 'csv':
      return { head: `${columns.map(({ name }) => csvField(name)).join(',')}\r\n`, tail: '', skip: 0 };
    default:
      return format satisfies never;
  }
}

/** A result's names, each different from the others also where case is not told apart: `a`, `a_1`. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let at = 1; taken.has(distinct.toLowerCase()); at += 1) distinct = `${name}_${at}`;
    taken.add(distinct.toLowerCase());
    return distinct;
  });
}

function rowText(format: TextFormat, columns: readonly DescribedColumn[]): string {
  if (format === 'copy') return copyRow(columns.map(({ type }, at) => ({ value: `c${at}`, type })));
  const values = columns.map(({ type }, at) => (format === 'csv' ? csvText(`c${at}`, type) : jsonText(`c${at}`, type)));
  if (format === 'csv') return `concat(${values.join(`, ',', `)}, E'\\r\\n')`;
  const object = objectText(
    columns.map(({ name }) => name),
    values,
  );
  return format === 'json' ? `concat(',', ${object})` : `concat(${object}, E'\\n')`;
}

function objectText(names: readonly string[], values: readonly string[]): string {
  const distinct = distinctNames(names);
  const parts = values.map((value, at) => `${quoteText(`${at === 0 ? '{' : ','}${JSON.stringify(distinct[at])}:`)}, ${value}`);
  return `concat(${parts.join(', ')}, '}')`;
}

export function jsonText(value: string, type: ColumnType, depth = 0): string {
  switch (type.kind) {
    case 'boolean':
    case 'int':
    case 'long':
    case 'decimal':
      return `coalesce(${value}::VARCHAR, 'null')`;
    case 'float':
    case 'double':
      return `CASE WHEN isfinite(${value}) THEN ${value}::VARCHAR ELSE 'null' END`;
    case 'string':
      return `coalesce(to_json(${value}::VARCHAR)::VARCHAR, 'null')`;
    case 'binary':
      return `coalesce('"' || to_base64(${value}) || '"', 'null')`;
    case 'list':
      return listText(value, `e${depth}`, jsonText(`e${depth}`, type.element, depth + 1));
    case 'map':
      return mapText(value, type, depth);
    case 'struct':
      return structText(value, type, depth);
    default:
      return `coalesce('"' || ${value}::VARCHAR || '"', 'null')`;
  }
}

function listText(value: string, item: string, text: string): string {
  return `coalesce('[' || array_to_string(list_transform(${value}, lambda ${item}: ${text}), ',') || ']', 'null')`;
}

function mapText(value: string, type: Extract<ColumnType, { readonly kind: 'map' }>, depth: number): string {
  const item = `e${depth}`;
  const key = `to_json(${plainText(`${item}.key`, type.key, depth + 1)})`;
  const entry = `concat(${key}, ':', ${jsonText(`${item}.value`, type.value, depth + 1)})`;
  const entries = `list_transform(map_entries(${value}), lambda ${item}: ${entry})`;
  return `coalesce('{' || array_to_string(${entries}, ',') || '}', 'null')`;
}

function structText(value: string, type: Extract<ColumnType, { readonly kind: 'struct' }>, depth: number): string {
  const object = objectText(
    type.fields.map(({ name }) => name),
    type.fields.map((field) => jsonText(`${value}.${quoteName(field.name)}`, field.type, depth)),
  );
  return `CASE WHEN ${value} IS NOT NULL THEN ${object} ELSE 'null' END`;
}

/** RFC 4180: quoted where needed; null is nothing, the empty text is `""`. */
function csvText(value: string, type: ColumnType): string {
  const text = plainText(value, type, 0);
  if (!quotable.has(type.kind)) return text;
  const special = [`','`, `'"'`, `E'\\n'`, `E'\\r'`].map((character) => `contains(${text}, ${character})`).join(' OR ');
  return `CASE WHEN ${text} = '' OR ${special} THEN '"' || replace(${text}, '"', '""') || '"' ELSE ${text} END`;
}

const quotable: ReadonlySet<ColumnType['kind']> = new Set(['string', 'list', 'map', 'struct']);

function plainText(value: string, type: ColumnType, depth: number): string {
  switch (type.kind) {
    case 'binary':
      return `to_base64(${value})`;
    case 'list':
    case 'map':
    case 'struct':
      return `CASE WHEN ${value} IS NOT NULL THEN ${jsonText(value, type, depth)} END`;
    default:
      return `${value}::VARCHAR`;
  }
}

function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

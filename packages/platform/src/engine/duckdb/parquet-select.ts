import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName, quoteText } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { quoteList } from './quote-list.ts';

/** Other writers leave NaN out of a column's bounds, as the format asks; DuckDB would skip it where it is looked for. */
export const withNaN = ', can_have_nan = true';

/** A Parquet file and the names its fields have, by field id. */
export interface FileFields {
  readonly path: string;
  readonly names: ReadonlyMap<number, string>;
}

/** True where a column has named parts: DuckDB finds columns by field id, but the parts of a struct by name. */
export function hasStruct(columns: readonly Column[]): boolean {
  return columns.some(({ type }) => structFields(type).length > 0);
}

/** Reads columns by field id, whatever their names in the files. A column that a file lacks is null. */
export function parquetSelect(columns: readonly Column[], files: readonly string[], more = ''): string {
  const entries = columns.map(({ id, name, type }) => `${id}: {name: ${quoteText(name)}, type: ${quoteText(duckdbType(type))}, default_value: NULL}`);
  return `SELECT * FROM read_parquet(${quoteList(files)}, schema = MAP{${entries.join(', ')}}${more})`;
}

/**
 * The same for one file, by the names that its fields have: where DuckDB is given a `schema`, it does not look into the file
 * before it plans, so that it scans with one thread and knows no statistics. Undefined where names do not tell its fields apart.
 */
export function fileSelect(columns: readonly Column[], { path, names }: FileFields, more = ''): string | undefined {
  const parts = new Set(columns.flatMap(({ type }) => partIds(type)));
  const own = [...names].filter(([id]) => !parts.has(id)).map(([, name]) => name.toLowerCase());
  if (own.length === 0 || new Set(own).size < own.length) return undefined;
  const values = columns.map(({ id, name, type }) => {
    const field = names.get(id);
    return `${field === undefined ? 'NULL' : quoteName(field)}::${duckdbType(type)} AS ${quoteName(name)}`;
  });
  return `SELECT ${values.join(', ')} FROM read_parquet(${quoteList([path])}${more})`;
}

/**
 * The same for columns with structs: files whose structs are named as the columns' are read together; each other shape
 * is read under its own names and put into the new one.
 */
export function nestedSelect(columns: readonly Column[], files: readonly FileFields[], more = ''): string {
  const shapes = Map.groupBy(files, ({ names }) => JSON.stringify(columns.map((column) => shapeOf(column, names))));
  const selects = [...shapes.values()].map((group) => {
    const paths = group.map(({ path }) => path);
    const names = group[0]?.names ?? new Map<number, string>();
    const shaped = columns.map((column) => shapeOf(column, names));
    if (JSON.stringify(shaped) === JSON.stringify(columns)) return parquetSelect(columns, paths, more);
    const values = columns.map((column, at) => `${reshaped(`c${at}`, column.type, names, 0)}::${duckdbType(column.type)} AS ${quoteName(column.name)}`);
    const aliases = columns.map((_, at) => `c${at}`);
    return `SELECT ${values.join(', ')} FROM (${parquetSelect(shaped, paths, more)}) AS file(${aliases.join(', ')})`;
  });
  return selects.join(' UNION ALL ');
}

function partIds(type: ColumnType): readonly number[] {
  switch (type.kind) {
    case 'list':
      return [type.elementId, ...partIds(type.element)];
    case 'map':
      return [type.keyId, ...partIds(type.key), type.valueId, ...partIds(type.value)];
    default:
      return [];
  }
}

function structFields(type: ColumnType): readonly Column[] {
  switch (type.kind) {
    case 'list':
      return structFields(type.element);
    case 'map':
      return [...structFields(type.key), ...structFields(type.value)];
    case 'struct':
      return type.fields;
    default:
      return [];
  }
}

function shapeOf(column: Column, names: ReadonlyMap<number, string>): Column {
  return { ...column, type: shapeOfType(column.type, names) };
}

/** A type with the struct fields that a file has, under the file's names. */
function shapeOfType(type: ColumnType, names: ReadonlyMap<number, string>): ColumnType {
  switch (type.kind) {
    case 'list':
      return { ...type, element: shapeOfType(type.element, names) };
    case 'map':
      return { ...type, key: shapeOfType(type.key, names), value: shapeOfType(type.value, names) };
    case 'struct':
      return { ...type, fields: fieldsOf(type.fields, names) };
    default:
      return type;
  }
}

function fieldsOf(fields: readonly Column[], names: ReadonlyMap<number, string>): readonly Column[] {
  const found = fields.flatMap((field) => {
    const name = names.get(field.id);
    return name === undefined ? [] : [{ ...shapeOf(field, names), name }];
  });
  // A struct needs a field: one that no file has keeps the difference between a null struct and one of nulls.
  return found.length > 0 ? found : absentField(fields);
}

function absentField([first]: readonly Column[]): readonly Column[] {
  return first === undefined ? [] : [{ ...first, name: `absent ${first.id}` }];
}

function reshaped(value: string, type: ColumnType, names: ReadonlyMap<number, string>, depth: number): string {
  const item = `e${depth}`;
  switch (type.kind) {
    case 'list':
      return `list_transform(${value}, lambda ${item}: ${reshaped(item, type.element, names, depth + 1)})`;
    case 'map': {
      const key = reshaped(`${item}.key`, type.key, names, depth + 1);
      const entry = `{key: ${key}, value: ${reshaped(`${item}.value`, type.value, names, depth + 1)}}`;
      return `map_from_entries(list_transform(map_entries(${value}), lambda ${item}: ${entry}))`;
    }
    case 'struct': {
      const parts = type.fields.map((field) => {
        const name = names.get(field.id);
        const part = name === undefined ? 'NULL' : reshaped(`${value}.${quoteName(name)}`, field.type, names, depth);
        return `${quoteName(field.name)}: ${part}`;
      });
      return `CASE WHEN ${value} IS NOT NULL THEN {${parts.join(', ')}} END`;
    }
    default:
      return value;
  }
}

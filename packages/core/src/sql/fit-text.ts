import type { ColumnType } from '../table/column.ts';
import { duckdbType } from './duckdb-type.ts';
import { quoteText } from './quote.ts';

export interface Fitting {
  readonly type: ColumnType;
  /** How dates and times are written, in the letters of strptime; ISO 8601 where it is absent. */
  readonly format?: string;
}

/** A text as a value of a type, null where it does not fit; and whether it does not. Both are SQL. */
export interface Fitted {
  readonly value: string;
  readonly misfit: string;
}

/**
 * A field of a CSV file as its type. Stricter than DuckDB's cast: no fraction becomes a whole number, no digit is rounded away, no
 * time of day is lost. An empty field is null, but for texts.
 */
export function fitText(raw: string, { type, format }: Fitting): Fitted {
  if (type.kind === 'string') return { value: raw, misfit: 'false' };
  const value = scalar(raw, type, format);
  return { value, misfit: `(${raw} <> '' AND ${value} IS NULL)` };
}

/** A value of JSON as its type: a text is no number, and what lies inside must fit too. */
export function fitJson(raw: string, fit: Fitting, depth = 0): Fitted {
  const { type } = fit;
  const present = `json_type(${raw}) <> 'NULL'`;
  if (type.kind === 'struct') return fitObject(raw, type.fields, depth);
  if (type.kind === 'list') {
    const item = `item${depth}`;
    const inner = fitJson(item, { type: type.element }, depth + 1);
    const items = `TRY_CAST(${raw} AS JSON[])`;
    const value = `CASE WHEN json_type(${raw}) = 'ARRAY' THEN list_transform(${items}, lambda ${item}: ${inner.value}) END`;
    return { value, misfit: `(${present} AND (json_type(${raw}) <> 'ARRAY' OR len(list_filter(${items}, lambda ${item}: ${inner.misfit})) > 0))` };
  }
  const fits = `json_type(${raw}) IN (${jsonTypes(type).map(quoteText).join(', ')})`;
  const text = `(${raw} ->> '$')`;
  const value = `CASE WHEN ${fits} THEN ${type.kind === 'map' ? `TRY_CAST(${raw} AS ${duckdbType(type)})` : scalar(text, type, fit.format)} END`;
  return { value, misfit: `(${present} AND ${value} IS NULL)` };
}

function fitObject(raw: string, fields: Extract<ColumnType, { readonly kind: 'struct' }>['fields'], depth: number): Fitted {
  const parts = fields.map(({ name, type }) => ({ name, ...fitJson(`json_extract(${raw}, ${quoteText(`$.${JSON.stringify(name)}`)})`, { type }, depth) }));
  const value = `CASE WHEN json_type(${raw}) = 'OBJECT' THEN {${parts.map((part) => `${quoteText(part.name)}: ${part.value}`).join(', ')}} END`;
  const broken = parts.map(({ misfit }) => `coalesce(${misfit}, false)`);
  return { value, misfit: `(json_type(${raw}) <> 'NULL' AND (${[`json_type(${raw}) <> 'OBJECT'`, ...broken].join(' OR ')}))` };
}

function jsonTypes({ kind }: ColumnType): readonly string[] {
  if (kind === 'boolean') return ['BOOLEAN'];
  if (kind === 'map') return ['OBJECT'];
  if (kind === 'int' || kind === 'long') return ['UBIGINT', 'BIGINT', 'HUGEINT'];
  return kind === 'float' || kind === 'double' || kind === 'decimal' ? ['UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE'] : ['VARCHAR'];
}

function scalar(text: string, type: ColumnType, format: string | undefined): string {
  const cast = `TRY_CAST(${text} AS ${duckdbType(type)})`;
  switch (type.kind) {
    case 'string':
      return text;
    case 'binary':
      return `encode(${text})`;
    case 'int':
    case 'long':
      return matching(text, String.raw`\s*[+-]?[0-9]+\s*`, cast);
    case 'decimal':
      return matching(text, String.raw`\s*[+-]?[0-9]*(\.[0-9]{0,${type.scale}}0*)?\s*`, cast);
    case 'date':
      return format === undefined ? `CASE WHEN NOT contains(${text}, ':') THEN ${cast} END` : `TRY_CAST(try_strptime(${text}, ${quoteText(format)}) AS DATE)`;
    case 'time':
    case 'timestamptz':
      return format === undefined ? cast : `TRY_CAST(try_strptime(${text}, ${quoteText(format)}) AS ${duckdbType(type)})`;
    case 'timestamp':
      return format === undefined ? timestamp(text, cast) : `TRY_CAST(try_strptime(${text}, ${quoteText(format)}) AS TIMESTAMP)`;
    default:
      return cast;
  }
}

function matching(text: string, pattern: string, value: string): string {
  return `CASE WHEN regexp_full_match(${text}, ${quoteText(pattern)}) THEN ${value} END`;
}

/** DuckDB's cast to TIMESTAMP reads an offset and forgets it; columns without a zone hold UTC. */
function timestamp(text: string, cast: string): string {
  const zoned = String.raw`:\d\d(\.\d+)?\s*[+-]\d\d(:?\d\d)?\s*$`;
  return `CASE WHEN regexp_matches(${text}, ${quoteText(zoned)}) THEN TRY_CAST(${text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' ELSE ${cast} END`;
}

import type { QueryAnswer } from '@hanse/core/api/operations.ts';

/** A column as RowDescription tells it. */
export interface WireColumn {
  readonly name: string;
  readonly oid: number;
  /** Bytes, or -1 where values differ in size. */
  readonly size: number;
  readonly modifier: number;
}

interface WireType {
  readonly oid: number;
  readonly array: number;
  readonly size: number;
}

const TEXT: WireType = { oid: 25, array: 1009, size: -1 };
const JSON_TYPE: WireType = { oid: 114, array: 199, size: -1 };
const INT2: WireType = { oid: 21, array: 1005, size: 2 };
const INT4: WireType = { oid: 23, array: 1007, size: 4 };
const INT8: WireType = { oid: 20, array: 1016, size: 8 };
const NUMERIC: WireType = { oid: 1700, array: 1231, size: -1 };
const TIMESTAMP: WireType = { oid: 1114, array: 1115, size: 8 };

/** PostgreSQL's types (its pg_type.dat) by the engine's names; a wider one where it has no unsigned or small one. */
const TYPES: Readonly<Record<string, WireType>> = {
  BOOLEAN: { oid: 16, array: 1000, size: 1 },
  TINYINT: INT2,
  UTINYINT: INT2,
  SMALLINT: INT2,
  USMALLINT: INT4,
  INTEGER: INT4,
  UINTEGER: INT8,
  BIGINT: INT8,
  UBIGINT: NUMERIC,
  HUGEINT: NUMERIC,
  FLOAT: { oid: 700, array: 1021, size: 4 },
  DOUBLE: { oid: 701, array: 1022, size: 8 },
  DATE: { oid: 1082, array: 1182, size: 4 },
  TIME: { oid: 1083, array: 1183, size: 8 },
  TIMESTAMP,
  TIMESTAMP_S: TIMESTAMP,
  TIMESTAMP_MS: TIMESTAMP,
  TIMESTAMP_NS: TIMESTAMP,
  'TIMESTAMP WITH TIME ZONE': { oid: 1184, array: 1185, size: 8 },
  UUID: { oid: 2950, array: 2951, size: 16 },
  BLOB: { oid: 17, array: 1001, size: -1 },
  JSON: JSON_TYPE,
};

const LIST = /^(.*)\[\d*\]$/s;

export function wireColumn({ name, type }: QueryAnswer['columns'][number]): WireColumn {
  const element = LIST.exec(type)?.[1];
  if (element === undefined) {
    const { oid, size } = scalar(type);
    return { name, oid, size, modifier: numericModifier(type) };
  }
  const isArray = !LIST.test(element) && scalar(element) !== JSON_TYPE;
  return { name, oid: isArray ? scalar(element).array : JSON_TYPE.oid, size: -1, modifier: isArray ? numericModifier(element) : -1 };
}

/** Text of this name alone, as SHOW gives. */
export function textColumn(name: string): WireColumn {
  return { name, oid: TEXT.oid, size: -1, modifier: -1 };
}

function scalar(type: string): WireType {
  if (/^(?:STRUCT|MAP)\(/.test(type)) return JSON_TYPE;
  if (type.startsWith('DECIMAL(')) return NUMERIC;
  return TYPES[type] ?? TEXT;
}

/** Precision and scale, as numeric's modifier holds them. */
function numericModifier(type: string): number {
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? -1 : ((Number(precision) << 16) | Number(scale)) + 4;
}

import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { UserError } from '../../error.ts';

/** Field ids of types that no table has given ids to yet. */
const unassigned = 0;

const kinds = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'int',
  [DuckDBTypeId.SMALLINT]: 'int',
  [DuckDBTypeId.INTEGER]: 'int',
  [DuckDBTypeId.UTINYINT]: 'int',
  [DuckDBTypeId.USMALLINT]: 'int',
  [DuckDBTypeId.UINTEGER]: 'long',
  [DuckDBTypeId.BIGINT]: 'long',
  [DuckDBTypeId.FLOAT]: 'float',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIME]: 'time',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_S]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_MS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_NS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamptz',
  [DuckDBTypeId.VARCHAR]: 'string',
  [DuckDBTypeId.ENUM]: 'string',
  [DuckDBTypeId.UUID]: 'uuid',
  [DuckDBTypeId.BLOB]: 'binary',
} as const;

/**
 * The column type of a DuckDB type; field ids of nested parts are 0. Throws a `UserError` for a type that Iceberg v2
 * has no counterpart of.
 */
export function columnType(type: DuckDBType, column: string): ColumnType {
  switch (type.typeId) {
    case DuckDBTypeId.HUGEINT:
      return { kind: 'decimal', precision: 38, scale: 0 };
    case DuckDBTypeId.UBIGINT:
      return { kind: 'decimal', precision: 20, scale: 0 };
    case DuckDBTypeId.DECIMAL:
      return { kind: 'decimal', precision: type.width, scale: type.scale };
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return { kind: 'list', elementId: unassigned, element: columnType(type.valueType, column) };
    case DuckDBTypeId.MAP:
      return {
        kind: 'map',
        keyId: unassigned,
        key: columnType(type.keyType, column),
        valueId: unassigned,
        value: columnType(type.valueType, column),
      };
    case DuckDBTypeId.STRUCT:
      return { kind: 'struct', fields: type.entryNames.map((name, at) => field(name, type.entryTypes[at], column)) };
    default:
      return primitive(type, column);
  }
}

function field(name: string, type: DuckDBType | undefined, column: string): Column {
  if (type === undefined) throw new Error(`Struct field ${name} of ${column} has no type.`);
  return { id: unassigned, name, type: columnType(type, column), required: false };
}

function primitive(type: DuckDBType, column: string): ColumnType {
  const kind = Object.entries(kinds).find(([id]) => Number(id) === type.typeId)?.[1];
  if (kind !== undefined) return { kind };
  throw new UserError(
    'statement',
    `Column ${column} has the type ${type.toString()}, which no table can hold.`,
    'Cast it in the SELECT, for example to VARCHAR.',
  );
}

import { showName } from '../sql/quote.ts';
import type { ColumnType, PrimitiveKind } from './column.ts';

/** A column type as a contract asks for it: `ColumnType` before field ids are given. */
export type WantedType = (
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'list'; readonly element: WantedType }
  | { readonly kind: 'map'; readonly key: WantedType; readonly value: WantedType }
  | { readonly kind: 'struct'; readonly fields: readonly WantedField[] }
) & {
  /** The contract names only the logical type: any type of its family will do, and this one is written where we choose. */
  readonly loose?: true;
};

export interface WantedField {
  /** The property's id: what a rename keeps. */
  readonly key: string;
  readonly name: string;
  readonly type: WantedType;
  readonly required: boolean;
  readonly doc?: string;
}

/** A type as written in DuckDB's SQL. Without `quote` it is for people to read: any name goes. */
export function formatType(type: WantedType | ColumnType, quote = showName): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'list':
      return `${formatType(type.element, quote)}[]`;
    case 'map':
      return `MAP(${formatType(type.key, quote)}, ${formatType(type.value, quote)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quote(field.name)} ${formatType(field.type, quote)}`).join(', ')})`;
    default:
      return primitiveNames[type.kind];
  }
}

const primitiveNames: Readonly<Record<PrimitiveKind, string>> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  string: 'VARCHAR',
  uuid: 'UUID',
  binary: 'BLOB',
};

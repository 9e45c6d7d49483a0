/**
 * The type of a column: Iceberg's types (Iceberg table spec v2, "Schemas and Data Types"), because
 * every table we hold is an Iceberg table. Ids are Iceberg field ids, unique in their table, never reused.
 */
export type ColumnType =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'list'; readonly elementId: number; readonly element: ColumnType }
  | {
      readonly kind: 'map';
      readonly keyId: number;
      readonly key: ColumnType;
      readonly valueId: number;
      readonly value: ColumnType;
    }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] };

export type PrimitiveKind = 'boolean' | 'int' | 'long' | 'float' | 'double' | 'date' | 'time' | 'timestamp' | 'timestamptz' | 'string' | 'uuid' | 'binary';

export interface Column {
  /** Iceberg field id: stays when the column is renamed. */
  readonly id: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly required: boolean;
  readonly doc?: string;
}

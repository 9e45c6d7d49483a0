import type { Column, ColumnType, PrimitiveKind } from '@hanse/core/table/column.ts';
import type { FieldDef } from 'pg';

/** PostgreSQL's type ids (pg_type.oid) that have a type of ours; all others land as their text. */
const KINDS: Readonly<Record<number, PrimitiveKind>> = {
  16: 'boolean',
  20: 'long',
  21: 'int',
  23: 'int',
  700: 'float',
  701: 'double',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  2950: 'uuid',
};

const NUMERIC = 1700;
/** What an unconstrained `numeric` lands as; a value beyond it is an error, never a rounding. */
export const anyNumeric = { kind: 'decimal', precision: 38, scale: 10 } as const satisfies ColumnType;

export function columnOf({ name, dataTypeID, dataTypeModifier }: Pick<FieldDef, 'name' | 'dataTypeID' | 'dataTypeModifier'>): Omit<Column, 'id'> {
  return { name, type: dataTypeID === NUMERIC ? decimalOf(dataTypeModifier) : { kind: KINDS[dataTypeID] ?? 'string' }, required: false };
}

/** A numeric's modifier is (precision << 16 | scale) + 4. */
function decimalOf(modifier: number): ColumnType {
  if (modifier < 4) return anyNumeric;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (modifier - 4) & 0x7ff;
  return precision > 38 || scale > precision ? anyNumeric : { kind: 'decimal', precision, scale };
}

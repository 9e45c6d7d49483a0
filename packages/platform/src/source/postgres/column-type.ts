import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { z } from 'zod';
import { columnOf } from './column-of.ts';

/** A row of pg_type that a table needs, with the attributes of a composite type. */
export const typeRow = z.object({
  oid: z.number(),
  typtype: z.string(),
  typcategory: z.string(),
  typelem: z.number(),
  typbasetype: z.number(),
  typtypmod: z.number(),
  typnotnull: z.boolean(),
  fields: z.array(z.object({ name: z.string(), type: z.number(), modifier: z.number() })).nullable(),
});

export type TypeRow = z.infer<typeof typeRow>;

export interface Typed {
  readonly type: ColumnType;
  /** What turns the value into one of that type; absent where it is one. */
  readonly cast?: (sql: string) => string;
  /** A domain that takes no null. */
  readonly required?: true;
}

const BYTEA = 17;
/** `text` and `varchar`: all else that is text to us must be made text. */
const TEXTS = new Set([25, 1043]);
const BPCHAR = 1042;
const toText = (sql: string) => `${sql}::text`;
/** A cast to text would cut off the blanks that readers of the table get. */
const padded = (sql: string) => `textin(bpcharout(${sql}))`;

/**
 * The type of a column as rules see it: domains are what they stand on, arrays lists, composite types structs. What has no type of ours
 * (enums, json, intervals, ranges, addresses) is its text.
 */
export function columnType(types: ReadonlyMap<number, TypeRow>, id: number, modifier: number): Typed {
  const row = types.get(id);
  if (row?.typtype === 'd') {
    const under = columnType(types, row.typbasetype, row.typtypmod);
    return row.typnotnull ? { ...under, required: true } : under;
  }
  if (row?.typcategory === 'A' && row.typelem !== 0) return listOf(columnType(types, row.typelem, modifier));
  if (row?.typtype === 'c' && row.fields !== null)
    return {
      type: {
        kind: 'struct',
        fields: row.fields.map((field): Column => ({ id: 0, name: field.name, required: false, type: columnType(types, field.type, field.modifier).type })),
      },
    };
  if (id === BYTEA) return { type: { kind: 'binary' } };
  const { type } = columnOf({ name: '', dataTypeID: id, dataTypeModifier: modifier });
  if (id === BPCHAR) return { type, cast: padded };
  return type.kind === 'string' && !TEXTS.has(id) ? { type, cast: toText } : { type };
}

function listOf({ type, cast }: Typed): Typed {
  return { type: { kind: 'list', elementId: 0, element: type }, ...(cast && { cast: (sql: string) => `${sql}::text[]` }) };
}

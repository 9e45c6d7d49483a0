import type { ColumnType } from '../table/column.ts';
import { literalText } from './literal.ts';
import type { ColumnAction } from './restriction.ts';

const lastCharacters: ReadonlySet<ColumnType['kind']> = new Set(['string', 'int', 'long', 'decimal', 'uuid']);
const dates: ReadonlySet<ColumnType['kind']> = new Set(['date', 'timestamp', 'timestamptz']);
const nested: ReadonlySet<ColumnType['kind']> = new Set(['list', 'map', 'struct']);

/** A mask: every action that leaves the column there. */
export type Mask = Exclude<ColumnAction, { readonly kind: 'drop' }>;

/** The type of a column under a mask; undefined where the mask does not go with the column's type. */
export function maskedType(type: ColumnType, mask: Mask): ColumnType | undefined {
  switch (mask.kind) {
    case 'null':
      return type;
    case 'fixed':
      return literalText(type, mask.value) === undefined ? undefined : type;
    case 'show-last':
      return lastCharacters.has(type.kind) && Number.isInteger(mask.count) && mask.count >= 0 ? { kind: 'string' } : undefined;
    case 'truncate-date':
      return dates.has(type.kind) ? type : undefined;
    case 'keyed-hash':
      return nested.has(type.kind) ? undefined : { kind: 'string' };
    default:
      return mask satisfies never;
  }
}

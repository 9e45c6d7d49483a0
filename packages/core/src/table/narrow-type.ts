import type { ColumnType } from './column.ts';
import { plainName } from './physical-type.ts';

/** What a physical type holds of the values that the column type it lands as can hold. */
export interface NarrowType {
  /** As contracts write it: `SMALLINT`, `VARCHAR(20)`. */
  readonly written: string;
  /** Of numbers, both inside; of texts the length in characters. Whole numbers, as text. */
  readonly of: 'value' | 'length';
  readonly low: string;
  readonly high: string;
}

const signed = (bits: bigint) => [String(-(2n ** (bits - 1n))), String(2n ** (bits - 1n) - 1n)] as const;
const unsigned = (bits: bigint) => ['0', String(2n ** bits - 1n)] as const;
const ranges: ReadonlyMap<string, readonly [low: string, high: string]> = new Map(
  [
    ['TINYINT|INT1|BYTE', signed(8n)] as const,
    ['SMALLINT|INT2|INT16|SHORT|SERIAL2|SMALLSERIAL', signed(16n)] as const,
    ['MEDIUMINT', signed(24n)] as const,
    ['INT|INTEGER|INT4|INT32|SIGNED|SERIAL', signed(32n)] as const,
    ['UTINYINT|UINT8', unsigned(8n)] as const,
    ['UMEDIUMINT', unsigned(24n)] as const,
    ['USMALLINT|UINT16', unsigned(16n)] as const,
    ['UINTEGER|UINT32', unsigned(32n)] as const,
    ['UBIGINT|UINT64', unsigned(64n)] as const,
    ['UHUGEINT', unsigned(128n)] as const,
  ].flatMap(([names, range]) => names.split('|').map((name) => [name, range] as const)),
);
const texts = /^(?:(?:N?VAR)?CHAR2?|N?VARCHAR2|NCHAR|BPCHAR|TEXT|STRING|CHARACTER(?: VARYING)?) ?\((\d+)(?: (?:CHAR|BYTE))?\)$/;

/** What the physical type leaves out; undefined where it is as wide as the column type, or not known. */
export function narrowType(physical: string): NarrowType | undefined {
  const written = plainName(physical).toUpperCase();
  const range = ranges.get(written.replace(/ ?\(\d+\)$/, ''));
  if (range !== undefined) return { written, of: 'value', low: range[0], high: range[1] };
  const length = texts.exec(written)?.[1];
  return length === undefined ? undefined : { written, of: 'length', low: '0', high: length };
}

/** Whether whatever a column of the physical type holds is inside. */
export function isWithin(promised: Pick<NarrowType, 'low' | 'high'> & { readonly of: string }, physical: string): boolean {
  const found = narrowType(physical);
  return found?.of === promised.of && BigInt(found.low) >= BigInt(promised.low) && BigInt(found.high) <= BigInt(promised.high);
}

/** Whether it is about values of the column type, and leaves some of them out. */
export function isNarrower({ of, low, high }: NarrowType, kind: ColumnType['kind']): boolean {
  if (of === 'length') return kind === 'string';
  const [least, most] = signed(32n);
  return kind === 'long' || kind === 'decimal' || (kind === 'int' && (low !== least || high !== most));
}

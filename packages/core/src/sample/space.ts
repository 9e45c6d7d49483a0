import type { Scalar } from '../rule/rule.ts';

/** Distinct values in an order. */
export interface Space {
  readonly size: bigint;
  /** The SQL of one value, by the SQL of its number: at least 0, below `size`. */
  readonly at: (number: string) => string;
  /** Whether a value may be among them. */
  readonly holds: (value: Scalar) => boolean;
}

/** Values that are listed, each by its SQL. */
export function listed(values: readonly { readonly value: Scalar; readonly sql: string }[]): Space {
  const list = `[${values.map(({ sql }) => sql).join(', ')}]`;
  return {
    size: BigInt(values.length),
    at: (number) => (values.length === 1 ? (values[0]?.sql ?? 'NULL') : `${list}[${number} + 1]`),
    holds: (value) => values.some((one) => String(one.value) === String(value)),
  };
}

import type { Verdicts } from './orders.ts';

const promiseOf: Readonly<Record<string, string>> = {
  field_required: 'required',
  field_unique: 'unique',
  field_regex: 'pattern',
  field_invalid_values: 'allowed',
  field_minimum: 'minimum',
  field_maximum: 'maximum',
  field_min_length: 'minLength',
  field_max_length: 'maxLength',
  row_count: 'rows',
};

/** From the JSON that `datacontract test` writes. It says of types in Parquet files that they are not checked. */
export function datacontractVerdicts(written: string): Verdicts {
  const { checks }: { checks: readonly { type: string; field: string | null; result: string }[] } = JSON.parse(written);
  return Object.fromEntries(
    checks.flatMap(({ type, field, result }) => {
      const promise = promiseOf[type];
      return promise === undefined ? [] : [[`${field ?? ''} ${promise}`, result === 'passed' ? 'pass' : 'fail']];
    }),
  );
}

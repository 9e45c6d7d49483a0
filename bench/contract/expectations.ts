import { orderColumns, type OrderColumn } from './orders.ts';

interface Expectation {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** What SQLAlchemy calls the types that DuckDB's driver reflects. */
const reflected: Readonly<Record<string, string>> = {
  BIGINT: 'BigInteger',
  INTEGER: 'Integer',
  SMALLINT: 'SmallInteger',
  VARCHAR: 'String',
  'DECIMAL(12,2)': 'NUMERIC',
  DOUBLE: 'FLOAT',
};

/** The promises for Great Expectations, by `<column> <promise>`. It has no regular expressions on DuckDB: those are queries. */
export function ordersExpectations(): Readonly<Record<string, Expectation>> {
  const all = orderColumns.flatMap((column) => Object.entries(expectationsOf(column)).map(([promise, one]) => [`${column.name} ${promise}`, one] as const));
  return { ...Object.fromEntries(all), ' rows': { type: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } } };
}

function expectationsOf({
  name,
  type,
  required,
  unique,
  pattern,
  allowed,
  minimum,
  maximum,
  minLength,
  maxLength,
}: OrderColumn): Readonly<Record<string, Expectation>> {
  const values = (kind: string, options = {}): Expectation => ({ type: `expect_column_values_to_${kind}`, kwargs: { column: name, ...options } });
  const lengths = (options: object): Expectation => ({ type: 'expect_column_value_lengths_to_be_between', kwargs: { column: name, ...options } });
  return {
    type: values('be_of_type', { type_: reflected[type] ?? type }),
    ...(required && { required: values('not_be_null') }),
    ...(unique && { unique: values('be_unique') }),
    ...(pattern && {
      pattern: {
        type: 'unexpected_rows_expectation',
        kwargs: { unexpected_rows_query: `SELECT ${name} FROM {batch} WHERE NOT regexp_matches(${name}, '${pattern.replaceAll(/[{}]/g, '$&$&')}')` },
      },
    }),
    ...(allowed && { allowed: values('be_in_set', { value_set: allowed }) }),
    ...(minimum !== undefined && { minimum: values('be_between', { min_value: minimum }) }),
    ...(maximum !== undefined && { maximum: values('be_between', { max_value: maximum }) }),
    ...(minLength !== undefined && { minLength: lengths({ min_value: minLength }) }),
    ...(maxLength !== undefined && { maxLength: lengths({ max_value: maxLength }) }),
  };
}

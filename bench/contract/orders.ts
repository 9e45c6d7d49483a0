/** What every tool compared can promise of a column. */
export interface OrderColumn {
  readonly name: string;
  readonly type: string;
  /** Its value in row `i`, in DuckDB's SQL. */
  readonly sql: string;
  /** A violating value, and in one row of how many it stands where the data fails. */
  readonly broken?: readonly [every: number, sql: string];
  /** Its value where keys come in no order. */
  readonly scattered?: string;
  /** The type it has where types are wrong; every value stays within its other promises. */
  readonly wrongType?: string;
  readonly required?: true;
  readonly unique?: true;
  readonly pattern?: string;
  readonly allowed?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export const variants = ['passing', 'failing', 'wrong types', 'scattered'] as const;
export type Variant = (typeof variants)[number];

/** `pass` or `fail` by `<column> <promise>`; what a tool does not judge is absent. */
export type Verdicts = Readonly<Record<string, 'pass' | 'fail'>>;

const countries = ['DE', 'FR', 'NL', 'SE', 'PL', 'ES', 'IT', 'DK'];
const statuses = ['new', 'paid', 'shipped', 'returned'];
const currencies = ['EUR', 'SEK', 'PLN', 'DKK'];

export const orderColumns: readonly OrderColumn[] = [
  { name: 'order_id', type: 'BIGINT', sql: 'i', wrongType: 'DOUBLE', required: true, unique: true, minimum: 0 },
  {
    name: 'order_code',
    type: 'VARCHAR',
    sql: "printf('ORD-%010d', i)",
    broken: [100_003, "printf('ORD-%010d', i - 1)"],
    scattered: "printf('ORD-%010d', i * 6364136223 % 10000000000)",
    required: true,
    unique: true,
    pattern: '^ORD-[0-9]{10}$',
    minLength: 14,
    maxLength: 14,
  },
  { name: 'customer_id', type: 'INTEGER', sql: 'hash(i + 1) % 500000', wrongType: 'BIGINT', required: true, minimum: 0, maximum: 10_000_000 },
  {
    name: 'email',
    type: 'VARCHAR',
    sql: "'user' || (hash(i + 1) % 500000) || '@example.org'",
    broken: [99_991, "'nobody'"],
    required: true,
    pattern: '^[a-z0-9.]+@[a-z0-9.]+[.][a-z]+$',
    maxLength: 100,
  },
  { name: 'country', type: 'VARCHAR', sql: pick(countries, 2), broken: [50_021, "'XX'"], required: true, allowed: countries },
  { name: 'status', type: 'VARCHAR', sql: pick(statuses, 3), required: true, allowed: statuses },
  { name: 'currency', type: 'VARCHAR', sql: pick(currencies, 4), required: true, allowed: currencies, minLength: 3, maxLength: 3 },
  {
    name: 'amount',
    type: 'DECIMAL(12,2)',
    sql: '(hash(i + 5) % 1000000) / 100',
    broken: [70_001, '-1'],
    wrongType: 'DECIMAL(18,3)',
    required: true,
    minimum: 0,
    maximum: 100_000,
  },
  { name: 'quantity', type: 'INTEGER', sql: '1 + hash(i + 6) % 99', wrongType: 'DOUBLE', required: true, minimum: 1, maximum: 100 },
  { name: 'discount', type: 'DOUBLE', sql: '(hash(i + 7) % 1000) / 1000', wrongType: 'FLOAT', required: true, minimum: 0, maximum: 1 },
  {
    name: 'rating',
    type: 'SMALLINT',
    sql: 'CASE WHEN hash(i + 8) % 10 = 0 THEN NULL ELSE 1 + hash(i + 8) % 5 END',
    wrongType: 'INTEGER',
    minimum: 1,
    maximum: 5,
  },
  { name: 'created_at', type: 'TIMESTAMP', sql: "TIMESTAMP '2024-01-01' + to_seconds((hash(i + 9) % 60000000)::BIGINT)", wrongType: 'VARCHAR', required: true },
  { name: 'updated_at', type: 'TIMESTAMP', sql: "TIMESTAMP '2026-01-01' + to_seconds((hash(i + 10) % 20000000)::BIGINT)", wrongType: 'DATE', required: true },
  { name: 'birth_date', type: 'DATE', sql: "DATE '1940-01-01' + (hash(i + 11) % 25000)::INTEGER", wrongType: 'TIMESTAMP', required: true },
  {
    name: 'note',
    type: 'VARCHAR',
    sql: "repeat('x', (5 + hash(i + 12) % 60)::INTEGER)",
    broken: [80_021, 'NULL'],
    required: true,
    minLength: 1,
    maxLength: 100,
  },
  { name: 'is_gift', type: 'BOOLEAN', sql: 'hash(i + 13) % 2 = 0', required: true },
];

function pick(values: readonly string[], seed: number): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}][1 + (hash(i + ${seed}) % ${values.length})::INTEGER]`;
}

/** Rows `from` to `to` (excluded) of the orders; any range of them is the same in every run. */
export function ordersSql([from, to]: readonly [number, number], variant: Variant): string {
  const columns = orderColumns.map(({ name, type, sql, broken, scattered, wrongType }) => {
    const whole = variant === 'scattered' ? (scattered ?? sql) : sql;
    const value = variant === 'failing' && broken !== undefined ? `CASE WHEN i % ${broken[0]} = 17 THEN ${broken[1]} ELSE ${sql} END` : whole;
    return `(${value})::${variant === 'wrong types' && wrongType !== undefined ? wrongType : type} AS ${name}`;
  });
  return `SELECT ${columns.join(',\n  ')}\nFROM range(${from}, ${to}) AS rows(i)`;
}

/** The promises of a column that are about values, each with its name. */
export function valuePromises(column: OrderColumn): readonly string[] {
  const names = ['required', 'unique', 'pattern', 'allowed', 'minimum', 'maximum', 'minLength', 'maxLength'] as const;
  return names.filter((name) => column[name] !== undefined);
}

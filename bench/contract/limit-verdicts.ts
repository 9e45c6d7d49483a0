import type { DuckDBConnection } from '@duckdb/node-api';
import { orderColumns, valuePromises, type Verdicts } from './orders.ts';

/**
 * The verdicts on the orders in a Parquet file by the fewest statements written by hand, with the knowledge of this one contract. With
 * `before`, files that were judged already: then only the keys of the new file are looked for there.
 */
export async function limitVerdicts(connection: Pick<DuckDBConnection, 'run' | 'runAndReadAll'>, file: string, before?: string): Promise<Verdicts> {
  await connection.run(`CREATE OR REPLACE VIEW orders AS FROM read_parquet('${file}')`);
  if (before !== undefined) await connection.run(`CREATE OR REPLACE VIEW orders_before AS FROM read_parquet('${before}')`);
  const ask = async (sql: string): Promise<readonly bigint[]> => {
    const [row = []] = (await connection.runAndReadAll(sql)).getRows();
    return row.map((value) => BigInt(String(value ?? 0)));
  };

  // What footers and dictionaries can answer is asked apart: then almost nothing is read.
  const broken = new Map<string, bigint>();
  for (const { name, required, allowed, minimum, maximum } of orderColumns) {
    const conditions = {
      ...(required && { required: `${name} IS NULL` }),
      ...(allowed && { allowed: `${name} NOT IN (${allowed.map((value) => `'${value}'`).join(', ')})` }),
      ...(minimum !== undefined && { minimum: `${name} < ${minimum}` }),
      ...(maximum !== undefined && { maximum: `${name} > ${maximum}` }),
    };
    for (const [promise, condition] of Object.entries(conditions)) {
      const [count = 0n] = await ask(`SELECT count(*) FROM orders WHERE ${condition}`);
      broken.set(`${name} ${promise}`, count);
    }
  }

  // All that must be decoded, once. Currencies and codes have a length that another promise settles.
  const [least = 0n, greatest = 0n, rows = 0n] = await ask('SELECT min(order_id), max(order_id), count(order_id) FROM orders');
  const [keys = 0n, email = 0n, emailLength = 0n, noteShort = 0n, noteLength = 0n] =
    await ask(`SELECT bit_count(bitstring_agg(order_id, ${least}::BIGINT, ${greatest}::BIGINT)),
    count(*) FILTER (NOT regexp_matches(email, '^[a-z0-9.]+@[a-z0-9.]+[.][a-z]+$')), max(strlen(email)), min(strlen(note)), max(strlen(note)) FROM orders`);
  // The codes are sorted by a hash, and their pattern is checked in the scan that hashes them.
  const [codesRepeated = 0n, codesOdd = 0n] = await ask(`SELECT count(*) FILTER (k <= before), sum(odd) FROM (SELECT k, odd, lag(k) OVER () AS before FROM
    (SELECT hash(order_code) AS k, (NOT regexp_matches(order_code, '^ORD-[0-9]{10}$'))::UTINYINT AS odd FROM orders WHERE order_code IS NOT NULL ORDER BY k))`);

  // DuckDB reads those row groups alone whose keys can be among the new ones.
  const met = async (key: string) => (before === undefined ? 0n : ((await ask(`SELECT count(*) FROM orders_before SEMI JOIN orders USING (${key})`))[0] ?? 0n));
  const found: Readonly<Record<string, bigint>> = {
    'order_id unique': rows - keys + (await met('order_id')),
    'order_code unique': codesRepeated + (await met('order_code')),
    'order_code pattern': codesOdd,
    'order_code minLength': codesOdd,
    'order_code maxLength': codesOdd,
    'email pattern': email,
    'email maxLength': emailLength > 100n ? 1n : 0n,
    'currency minLength': broken.get('currency allowed') ?? 0n,
    'currency maxLength': broken.get('currency allowed') ?? 0n,
    'note minLength': noteShort >= 1n ? 0n : 1n,
    'note maxLength': noteLength > 100n ? 1n : 0n,
  };
  const verdicts = orderColumns.flatMap((column) =>
    valuePromises(column).map((promise) => [
      `${column.name} ${promise}`,
      (found[`${column.name} ${promise}`] ?? broken.get(`${column.name} ${promise}`)) === 0n ? 'pass' : 'fail',
    ]),
  );
  return Object.fromEntries([[' rows', rows > 0n ? 'pass' : 'fail'], ...verdicts].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

import { orderColumns, type OrderColumn, type Verdicts } from './orders.ts';

/** The promises as a Soda contract (JSON, which is YAML too) on the table or view `orders`. Soda compares a type without its precision. */
export function ordersSodaContract(dataset: string): string {
  return JSON.stringify({ dataset, columns: orderColumns.map(column), checks: [{ schema: {} }, { row_count: {} }] });
}

function column({ name, type, required, unique, pattern, allowed, minimum, maximum, minLength, maxLength }: OrderColumn) {
  const invalid = (qualifier: string, options: object) => ({ invalid: { qualifier, ...options } });
  const checks = [
    required && { missing: {} },
    unique && { duplicate: {} },
    pattern && invalid('pattern', { valid_format: { regex: pattern, name: 'pattern' } }),
    allowed && invalid('allowed', { valid_values: allowed }),
    minimum !== undefined && invalid('minimum', { valid_min: minimum }),
    maximum !== undefined && invalid('maximum', { valid_max: maximum }),
    minLength !== undefined && invalid('minLength', { valid_min_length: minLength }),
    maxLength !== undefined && invalid('maxLength', { valid_max_length: maxLength }),
  ].filter((check) => check !== false && check !== undefined);
  return { name, data_type: type.replace(/\(.*/, '').toLowerCase(), ...(checks.length > 0 && { checks }) };
}

const promiseOf: Readonly<Record<string, string>> = { missing: 'required', duplicate: 'unique', row_count: 'rows' };

interface SodaCheck {
  readonly column: string | null;
  readonly type: string;
  readonly qualifier: string | null;
  readonly outcome: string;
  /** Of the one schema check: columns of another type. */
  readonly mismatches: readonly string[];
}

export function sodaVerdicts(printed: string): Verdicts {
  const checks: readonly SodaCheck[] = JSON.parse(printed.slice(printed.lastIndexOf('\n[') + 1));
  return Object.fromEntries(checks.flatMap(verdictsOf));
}

function verdictsOf({ column, type, qualifier, outcome, mismatches }: SodaCheck): readonly (readonly [string, 'pass' | 'fail'])[] {
  if (type === 'schema') return orderColumns.map(({ name }) => [`${name} type`, mismatches.includes(name) ? 'fail' : 'pass']);
  return [[`${column ?? ''} ${qualifier ?? promiseOf[type] ?? type}`, outcome === 'PASSED' ? 'pass' : 'fail']];
}

import type { JsonObject, JsonValue } from '../../document/document.ts';
import { listOf, optional, textOf } from '../../document/json.ts';
import { stableId } from '../adopted-name.ts';
import type { DbtNode } from './manifest.ts';

/** What one dbt test asks, in a contract's words. */
export type Clause =
  | { readonly kind: 'required' | 'unique'; readonly column: string }
  | { readonly kind: 'enum'; readonly column: string; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'relationship'; readonly column: string; readonly to: string; readonly field: string }
  | { readonly kind: 'quality'; readonly column?: string; readonly rule: JsonObject };

/** A clause of the same meaning; a `custom` rule that names the test where there is none. */
export function translateTest(test: DbtNode, model: Pick<DbtNode, 'unique_id'>): readonly Clause[] {
  const { name, namespace, kwargs } = test.test_metadata ?? {};
  const given: JsonObject = kwargs ?? {};
  const column = textOf(given['column_name']) ?? test.column_name ?? undefined;
  const called = [namespace ?? '', name ?? ''].filter((part) => part !== '').join('.');
  const translated = translators[called]?.({ test, column, given, model }) ?? [];
  return translated.length > 0 ? translated : [unknown(test, called, column)];
}

interface Asked {
  readonly test: DbtNode;
  readonly column: string | undefined;
  readonly given: JsonObject;
  readonly model: Pick<DbtNode, 'unique_id'>;
}

const translators: Readonly<Record<string, (asked: Asked) => readonly Clause[]>> = {
  not_null: (asked) => plainOr(asked, 'required', { type: 'library', metric: 'nullValues' }),
  unique: (asked) => (isStrict(asked.test) ? plainOr(asked, 'unique', { type: 'library', metric: 'duplicateValues' }) : []),
  accepted_values: acceptedValues,
  relationships,
  'dbt_utils.unique_combination_of_columns': uniqueCombination,
  'dbt_utils.expression_is_true': ({ test, given, column }) => {
    const expression = textOf(given['expression']);
    return expression === undefined ? [] : counted(test, `NOT (${column === undefined ? '' : `${column} `}${expression})`);
  },
  'dbt_utils.accepted_range': acceptedRange,
  'dbt_utils.not_empty_string': ({ test, column }) => (column === undefined ? [] : counted(test, `trim(${column}) = ''`)),
};

function plainOr({ test, column }: Asked, kind: 'required' | 'unique', rule: JsonObject): readonly Clause[] {
  if (column === undefined) return [];
  if (isStrict(test) && isError(test) && whereOf(test) === undefined) return [{ kind, column }];
  return limits(test).map((limit): Clause => ({ kind: 'quality', column, rule: { ...headOf(test), ...rule, ...limit, ...whereProperty(test) } }));
}

function acceptedValues({ test, column, given }: Asked): readonly Clause[] {
  const values = listOf(given['values']).filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');
  // Without quotes the values are SQL, and only what reads the same is taken; dbt counts values, so a tolerance has no counterpart.
  const meant = given['quote'] === false ? values.map(unquoted) : values.map(String);
  const known = meant.flatMap((value) => value ?? []);
  if (column === undefined || known.length === 0 || known.length < values.length || !isStrict(test)) return [];
  if (isError(test) && whereOf(test) === undefined) return [{ kind: 'enum', column, values: known }];
  return limits(test).map((limit): Clause => ({
    kind: 'quality',
    column,
    rule: { ...headOf(test), type: 'library', metric: 'invalidValues', arguments: { validValues: known }, ...limit, ...whereProperty(test) },
  }));
}

function unquoted(value: string | number | boolean): string | number | boolean | undefined {
  if (typeof value !== 'string') return value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return /^'([^']*)'$/.exec(value)?.[1];
}

/** `depends_on` holds the model itself and the other: which is which the manifest says only by `attached_node`. */
function relationships({ test, column, given, model }: Asked): readonly Clause[] {
  const field = textOf(given['field']);
  const nodes = test.depends_on?.nodes ?? [];
  const to = nodes.find((id) => id !== model.unique_id) ?? nodes[0];
  if (column === undefined || field === undefined || to === undefined || !isStrict(test) || !isError(test) || whereOf(test) !== undefined) return [];
  return [{ kind: 'relationship', column, to, field }];
}

/** SQL, because dbt takes nulls for equal and the library's metric does not. */
function uniqueCombination({ test, given }: Asked): readonly Clause[] {
  const columns = listOf(given['combination_of_columns']).filter((item) => typeof item === 'string');
  if (columns.length === 0) return [];
  const from = `\${object}${whereOf(test) === undefined ? '' : ` WHERE ${whereOf(test)}`}`;
  return sqlClauses(test, `SELECT count(*) FROM (SELECT 1 FROM ${from} GROUP BY ${columns.join(', ')} HAVING count(*) > 1) AS repeated`);
}

function acceptedRange({ test, column, given }: Asked): readonly Clause[] {
  const equal = given['inclusive'] === false ? '' : '=';
  const bound = (key: string, sign: string) => (given[key] === undefined || given[key] === null ? [] : [`${column} ${sign}${equal} ${String(given[key])}`]);
  const kept = [...bound('min_value', '>'), ...bound('max_value', '<')];
  return column === undefined || kept.length === 0 ? [] : counted(test, `NOT (${kept.join(' AND ')})`);
}

function counted(test: DbtNode, condition: string): readonly Clause[] {
  const where = whereOf(test);
  return sqlClauses(test, `SELECT count(*) FROM \${object} WHERE ${where === undefined ? '' : `(${where}) AND `}${condition}`);
}

function sqlClauses(test: DbtNode, query: string): readonly Clause[] {
  return limits(test).map((limit): Clause => ({ kind: 'quality', rule: { ...headOf(test), type: 'sql', query, ...limit } }));
}

function unknown(test: DbtNode, called: string, column: string | undefined): Clause {
  const given: JsonObject = Object.fromEntries(Object.entries(test.test_metadata?.kwargs ?? {}).filter(([key]) => key !== 'model' && key !== 'column_name'));
  const implementation = {
    name: test.name,
    test: called === '' ? 'singular' : called,
    uniqueId: test.unique_id,
    ...(Object.keys(given).length > 0 && { arguments: given }),
    ...optional('where', whereOf(test)),
  };
  return {
    kind: 'quality',
    ...optional('column', column),
    rule: { ...headOf(test), type: 'custom', engine: 'dbt', implementation, ...(!isError(test) && { severity: 'warning' }) },
  };
}

function headOf(test: DbtNode): JsonObject {
  return { id: stableId(test.name), name: test.name, ...(test.description && { description: test.description }) };
}

/** The thresholds of a test, each with its severity; none where they cannot be said in ODCS. */
function limits(test: DbtNode): readonly JsonObject[] {
  const { config } = test;
  if ((config?.fail_calc ?? 'count(*)') !== 'count(*)') return [];
  const warn = threshold(config?.warn_if ?? '!= 0');
  const fail = threshold(config?.error_if ?? '!= 0');
  if (warn === undefined || fail === undefined) return [];
  if (!isError(test)) return [{ ...warn, severity: 'warning' }];
  const same = JSON.stringify(warn) === JSON.stringify(fail);
  return same ? [fail] : [fail, { ...warn, id: `${stableId(test.name)}_warns`, name: `${test.name} warns`, severity: 'warning' }];
}

/** dbt says what is bad, ODCS what is good. */
function threshold(bad: string): JsonObject | undefined {
  const [, sign = '', digits = ''] = /^\s*(!=|<>|>=|>|<=|<|=)\s*(\d+)\s*$/.exec(bad) ?? [];
  const value = Number(digits);
  return digits === '' ? undefined : operators[sign]?.(value);
}

const operators: Readonly<Record<string, (value: number) => JsonObject>> = {
  '!=': (value) => ({ mustBe: value }),
  '<>': (value) => ({ mustBe: value }),
  '=': (value) => ({ mustNotBe: value }),
  '>': (value) => ({ mustBeLessOrEqualTo: value }),
  '>=': (value) => ({ mustBeLessThan: value }),
  '<': (value) => ({ mustBeGreaterOrEqualTo: value }),
  '<=': (value) => ({ mustBeGreaterThan: value }),
};

function isStrict({ config }: DbtNode): boolean {
  const plain = (bad: string | null | undefined) => /^\s*(!=\s*0|>\s*0|>=\s*1)\s*$/.test(bad ?? '!= 0');
  return plain(config?.warn_if) && plain(config?.error_if) && (config?.fail_calc ?? 'count(*)') === 'count(*)';
}

function isError({ config }: DbtNode): boolean {
  return (config?.severity ?? 'error').toLowerCase() === 'error';
}

function whereOf({ config }: DbtNode): string | undefined {
  return config?.where ?? undefined;
}

function whereProperty(test: DbtNode): { readonly customProperties?: readonly JsonValue[] } {
  const where = whereOf(test);
  return where === undefined ? {} : { customProperties: [{ property: 'where', value: where }] };
}

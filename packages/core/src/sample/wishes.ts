import type { Contract, SchemaObject } from '../contract/contract.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { testsOf } from '../rule/narrow-parts.ts';
import { formatPath, type Metric, type Path, type RowTest, type Rule, type RuleTest, type Scalar, type Threshold } from '../rule/rule.ts';
import { meetsThreshold } from '../rule/threshold.ts';

/** What cannot be held by values that are made up. */
export interface Left {
  readonly what: string;
  readonly why: string;
}

/** What the values at one path are to keep. */
export interface ValueWish {
  readonly tests: readonly RowTest[];
  readonly excluded: readonly Scalar[];
  readonly isFull: boolean;
}

export interface Reference {
  readonly columns: readonly Path[];
  readonly relation: string;
  readonly to: readonly Path[];
}

/** What an object's rules ask of its rows, as far as rows can be made to keep it. */
export interface Wishes {
  readonly values: ReadonlyMap<string, ValueWish>;
  /** Values that are distinct together. */
  readonly keys: readonly (readonly Path[])[];
  readonly references: readonly Reference[];
  readonly rowCounts: readonly Threshold[];
  readonly left: readonly Left[];
}

interface Gathering {
  readonly values: Map<string, { tests: RowTest[]; excluded: Scalar[]; isFull: boolean }>;
  readonly keys: (readonly Path[])[];
  readonly references: Reference[];
  readonly rowCounts: Threshold[];
  readonly left: Left[];
}

const rowTests: ReadonlySet<string> = new Set([
  'enum',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
]);
/** Words, what types alone show, and what compares a version with those before. */
const heldAnyway: ReadonlySet<string> = new Set(['text', 'words', 'history', 'rowsLost', 'keysVanished', 'lateUpdates']);

/** Reads an object's rules as wishes; a rule that no value can be made for is in `left`. */
export function wishesOf(object: SchemaObject, contract: Contract): Wishes {
  const so: Gathering = { values: new Map(), keys: [], references: [], rowCounts: [], left: [] };
  for (const rule of compileRules(object, contract)) {
    const why = gather(so, rule, rule.test);
    if (why !== undefined) so.left.push({ what: `${[object.name, formatPath(rule.path)].filter((part) => part !== '').join('.')} ${rule.expectation}`, why });
  }
  return so;
}

function gather(so: Gathering, rule: Rule, test: RuleTest): string | undefined {
  switch (test.kind) {
    case 'schema':
      for (const part of test.narrow ?? []) wishAt(so, part.path).tests.push(...(part.of === 'precision' ? [] : testsOf(part)));
      return test.type === undefined ? 'its type is not known: it is made as text' : undefined;
    case 'required':
      wishAt(so, rule.path).isFull = true;
      return undefined;
    case 'requiredProperties':
      for (const name of test.names) wishAt(so, [...rule.path, { kind: 'field', name }]).isFull = true;
      return undefined;
    case 'noneOf':
      wishAt(so, rule.path).excluded.push(...test.values);
      return undefined;
    case 'allOf':
      return test.tests.map((one) => gather(so, rule, one)).find((why) => why !== undefined);
    case 'unique':
    case 'primaryKey':
      return keyed(so, test.columns);
    case 'metric':
      return measured(so, rule, test);
    case 'relationship':
      so.references.push({ columns: test.columns, relation: test.to.relation, to: test.to.columns });
      return undefined;
    default:
      if (isRowTest(test)) wishAt(so, rule.path).tests.push(test);
      else if (!heldAnyway.has(test.kind)) return reasons[test.kind] ?? 'nothing is known of what it asks';
      return undefined;
  }
}

const reasons: Readonly<Record<string, string>> = {
  sql: 'its query is not read',
  custom: 'it is a check of another tool',
  aggregate: 'values are made one by one, not towards a number over all',
  age: 'values are the same on every day',
  frequency: 'values are the same on every day',
  readyBy: 'it asks for the time of a publication',
  reconciliation: 'values are made one by one, not towards a sum',
};

function isRowTest(test: RuleTest): test is RowTest {
  return rowTests.has(test.kind);
}

function keyed(so: Gathering, columns: readonly Path[]): string | undefined {
  if (columns.some((path) => path.some(({ kind }) => kind !== 'field'))) return 'a key inside a list or a map is not made';
  so.keys.push(columns);
  for (const path of columns) wishAt(so, path).isFull = true;
  return undefined;
}

function measured(so: Gathering, rule: Rule, { metric, threshold }: RuleTest & { readonly kind: 'metric' }): string | undefined {
  if (metric.kind === 'rowCount') {
    so.rowCounts.push(threshold);
    return undefined;
  }
  return meetsThreshold(threshold, 0) ? noneOf(so, rule, metric) : 'it asks for rows that are wrong';
}

function noneOf(so: Gathering, rule: Rule, metric: Exclude<Metric, { readonly kind: 'rowCount' }>): string | undefined {
  switch (metric.kind) {
    case 'nullValues':
      wishAt(so, rule.path).isFull = true;
      return undefined;
    case 'missingValues':
      wishAt(so, rule.path).isFull = true;
      wishAt(so, rule.path).excluded.push(...metric.values);
      return undefined;
    case 'invalidValues':
      return metric.tests.map((one) => gather(so, rule, one)).find((why) => why !== undefined);
    case 'duplicateValues':
      return keyed(so, metric.columns);
    default:
      return metric satisfies never;
  }
}

function wishAt(so: Gathering, path: Path): { tests: RowTest[]; excluded: Scalar[]; isFull: boolean } {
  const key = formatPath(path);
  const found = so.values.get(key) ?? { tests: [], excluded: [], isFull: false };
  so.values.set(key, found);
  return found;
}

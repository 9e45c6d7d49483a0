import type { FindingCode } from '../finding/codes.ts';
import type { Severity } from '../finding/finding.ts';
import type { WantedType } from '../table/wanted-type.ts';
import type { NarrowPart } from './narrow-parts.ts';
import type { Duration } from './duration.ts';

/** One promise of a contract that can be judged: what `quality`, `required`, `logicalTypeOptions` and the rest become. */
export interface Rule {
  /** Stable while the clause stays: made of property ids, so a rename keeps it. Unique in its schema object. */
  readonly id: string;
  readonly code: FindingCode;
  /** Name of the schema object. */
  readonly object: string;
  /** From the column inwards; empty where the rule speaks of the whole object. */
  readonly path: Path;
  readonly test: RuleTest;
  /** A condition in SQL: rows for which it is not true are not asked. */
  readonly where?: string;
  /** How much may violate a rule whose test is of rows or keys. */
  readonly tolerance?: Tolerance;
  /** A cron expression (UTC): the rule is judged when it is due. */
  readonly schedule?: string;
  /** As in ODCS `quality[].businessImpact`. */
  readonly businessImpact?: string;
  /** What a violation is: `error` fails the check, the others warn. */
  readonly severity: Severity;
  /** As in ODCS `quality[].dimension`. */
  readonly dimension?: string;
  /** What must hold, without its subject: `must not be null`. */
  readonly expectation: string;
  /** The clause in the file: a JSON Pointer (RFC 6901) that starts at the schema object; after `#` one that starts at the contract. */
  readonly pointer: string;
  /** The clause by ids, as ODCS writes references: `schema/orders/properties/email`. */
  readonly reference: string;
}

export type Path = readonly PathStep[];
export type PathStep = { readonly kind: 'field'; readonly name: string } | { readonly kind: 'element' | 'key' | 'value' };

export type Scalar = string | number | boolean;

/** What is asked of each row. A null violates `required` and nothing else. */
export type RowTest =
  | { readonly kind: 'required' }
  | { readonly kind: 'enum'; readonly values: readonly Scalar[] }
  /** Code points (not UTF-16 units, not bytes). */
  | { readonly kind: 'minLength' | 'maxLength'; readonly value: number }
  /** An ECMA-262 expression that must match somewhere in the text, as JSON Schema's `pattern`. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'format'; readonly format: string }
  | { readonly kind: BoundKind; readonly value: Scalar; readonly zone?: string }
  | { readonly kind: 'multipleOf'; readonly value: number }
  | { readonly kind: 'minItems' | 'maxItems' | 'minProperties' | 'maxProperties'; readonly value: number }
  | { readonly kind: 'uniqueItems' }
  | { readonly kind: 'noneOf'; readonly values: readonly Scalar[] }
  | { readonly kind: 'allOf'; readonly tests: readonly RowTest[] }
  | { readonly kind: 'requiredProperties'; readonly names: readonly string[] };

export type BoundKind = 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum';

/** ODCS library metrics. Null counts as missing always, and is never invalid nor a duplicate. */
export type Metric =
  | { readonly kind: 'rowCount' }
  | { readonly kind: 'nullValues' }
  | { readonly kind: 'missingValues'; readonly values: readonly Scalar[] }
  /** Rows that break one of the tests. */
  | { readonly kind: 'invalidValues'; readonly tests: readonly RowTest[] }
  /** Rows beyond the first of each value; rows with a null in the key are left out. */
  | { readonly kind: 'duplicateValues'; readonly columns: readonly Path[] };

/** One number over all rows; nulls are left out, and of no value at all there is none. */
export type Aggregate =
  'average' | 'minimum' | 'maximum' | 'sum' | 'median' | 'standardDeviation' | 'distinctValues' | 'averageLength' | 'minimumLength' | 'maximumLength';

/** What is compared with versions before; the share is in percent. */
export type Historic = 'rowCount' | 'nullShare' | 'average' | 'distinctValues';

export type RuleTest =
  /** `narrow`: where the physical type holds less than the type. */
  | { readonly kind: 'schema'; readonly type?: WantedType; readonly narrow?: readonly NarrowPart[]; readonly unknown?: string }
  | RowTest
  | { readonly kind: 'unique' | 'primaryKey'; readonly columns: readonly Path[] }
  | { readonly kind: 'metric'; readonly metric: Metric; readonly threshold: Threshold; readonly unit: 'rows' | 'percent' }
  /** `reads`: other objects of the contract that the query names. */
  | { readonly kind: 'sql'; readonly query: string; readonly reads: readonly string[]; readonly threshold?: Threshold }
  /** Of the column at the rule's path. */
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly threshold: Threshold }
  /** Of the newest or oldest value of a time column, at the moment of the check. */
  | { readonly kind: 'age'; readonly of: 'newest' | 'oldest'; readonly limit: Duration }
  /** Of the last publication; of the newest value where publications are not known and the rule has a path. */
  | { readonly kind: 'frequency'; readonly every: Duration }
  /** By a time of the day, in minutes after midnight of a place that is `offset` minutes ahead of UTC. */
  | { readonly kind: 'readyBy'; readonly minute: number; readonly offset: number }
  /** Each row's values have a counterpart; a row with a null among them is not asked (SQL's MATCH SIMPLE). */
  | { readonly kind: 'relationship'; readonly columns: readonly Path[]; readonly to: Target }
  /** Within so many robust deviations of what it was in the last versions. */
  | { readonly kind: 'history'; readonly of: Historic; readonly versions: number; readonly deviations: number }
  /** Between the version before and this one: fewer rows, keys that are gone, rows that came or changed long after their time. */
  | { readonly kind: 'rowsLost' }
  | { readonly kind: 'keysVanished'; readonly columns: readonly Path[] }
  | { readonly kind: 'lateUpdates'; readonly column: Path; readonly after: Duration }
  /** Sums that agree; numbers of rows where no column is named. */
  | { readonly kind: 'reconciliation'; readonly columns: readonly Path[]; readonly to: Target; readonly theirWhere?: string }
  | { readonly kind: 'text' }
  /** A check of another tool whose meaning is not carried over. */
  | { readonly kind: 'custom'; readonly what: string }
  /** A service level that no table can show. */
  | { readonly kind: 'words'; readonly why: string }
  | { readonly kind: 'unsupported'; readonly what: string };

/** Columns of another table, in the order of those that refer to them. */
export interface Target {
  /** Names the table: an object of the same contract, `domain.table`, or `<file>#<object id>`. */
  readonly relation: string;
  readonly columns: readonly Path[];
}

export interface Tolerance {
  readonly unit: 'rows' | 'percent';
  readonly value: number;
  /** A percentage is of the rows that have a value, not of all. */
  readonly of?: 'values';
}

/** ODCS "Valid Properties for Operator". Both ends of *between* are inside. */
export type Threshold =
  | { readonly operator: 'mustBe' | 'mustNotBe'; readonly value: number | string | boolean }
  | { readonly operator: 'mustBeGreaterThan' | 'mustBeGreaterOrEqualTo' | 'mustBeLessThan' | 'mustBeLessOrEqualTo'; readonly value: number }
  | { readonly operator: 'mustBeBetween' | 'mustNotBeBetween'; readonly value: readonly [number, number] };

/** A path as people write it: `address.city`, `tags[]`, `prices.value`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (step.kind === 'field') return index === 0 ? step.name : `.${step.name}`;
      return step.kind === 'element' ? '[]' : `.${step.kind}`;
    })
    .join('');
}

import type { JsonObject } from '../document/document.ts';
import type { Rule } from './rule.ts';

export type CheckStatus = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

/** One rule, evaluated once. `error` is not `fail`: the rule could not be evaluated. */
export interface Check {
  readonly rule: Rule;
  readonly status: CheckStatus;
  /** What was found, or why nothing could be, without its subject: `3 of 1,000 rows are null`. */
  readonly found: string;
  readonly violatingRows?: number;
  readonly totalRows?: number;
  /** What a metric or query measured, in the rule's unit. */
  readonly value?: number | string | boolean;
  /** Some violating rows: their primary key and what the rule looks at. For the domain's eyes only. */
  readonly sample?: readonly JsonObject[];
}

const outcomes: readonly CheckStatus[] = ['fail', 'error', 'warn', 'pass', 'skip'];

/** What is to be done about all of them, in one word: data that breaks a rule is broken, whatever could not be asked besides. Undefined without checks. */
export function outcomeOf(statuses: readonly CheckStatus[]): CheckStatus | undefined {
  return outcomes.find((status) => statuses.includes(status));
}

const order: readonly CheckStatus[] = ['error', 'fail', 'warn', 'pass', 'skip'];

/** All together as a message of OORS says it: the first of error, fail, warn, pass, skip that occurs (OORS "Status values"); undefined without checks. */
export function overallStatus(checks: readonly Check[]): CheckStatus | undefined {
  return order.find((status) => checks.some((check) => check.status === status));
}

import type { Position } from '../finding/finding.ts';
import type { Check } from '../rule/check.ts';

/** What a contract says of data where it lies: one result for each of its rules. */
export interface ContractReport {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly contract: { readonly id: string; readonly version: string; readonly file: string };
  readonly server: { readonly name: string; readonly type: string };
  readonly objects: readonly TestedObject[];
  readonly durationMs: number;
}

export interface TestedObject {
  readonly name: string;
  /** Where its rows lie, as a person says it: `data/orders.parquet`. */
  readonly place: string;
  /** Absent where nobody counted. */
  readonly rows?: number;
  /** What was read where that was not everything: `in a sample of about 1 percent`. */
  readonly scope?: string;
  readonly rules: readonly TestedRule[];
  /** The statements that read rows for the verdicts. */
  readonly passes: readonly { readonly kind: string; readonly sql: string }[];
}

export interface TestedRule {
  readonly check: Check;
  /** The clause in the contract. */
  readonly at: Position;
  /** What a person can run to see all that breaks the rule. */
  readonly sql?: string;
}

/** Every check of a report, in its order. */
export function checksOf(report: ContractReport): readonly Check[] {
  return report.objects.flatMap(({ rules }) => rules.map(({ check }) => check));
}

import type { Position } from '@hanse/core/finding/finding.ts';
import type { Check } from '@hanse/core/rule/check.ts';

/** What a contract says of data where it lies: one result for each of its rules. */
export interface ContractReport {
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
  readonly rules: readonly TestedRule[];
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

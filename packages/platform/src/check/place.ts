import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { Field } from '@hanse/core/rule/dialect.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import type { PassRun } from './run-pass.ts';

/** How much of a table is read to judge it. */
export type Reach =
  | { readonly kind: 'full' }
  /** About this share of its pages, the same for every statement; `seed` decides which. */
  | { readonly kind: 'sample'; readonly percent: number; readonly seed: number }
  /** The newest partition that has rows; of a table without partitions, the rows with the greatest value in `column`. */
  | { readonly kind: 'lastPartition'; readonly column?: string }
  /** No row: what the place knows of the table (types, constraints) proves a rule, or it is skipped. */
  | { readonly kind: 'metadata' };

/** A database in which tables are judged as they lie, all in one snapshot, read only. Ends its connection when disposed. */
export interface Place extends AsyncDisposable {
  /** `UserError` where there is no such table, or it may not be read. */
  describe(table: string): Promise<PlacedTable>;
  /** One check per rule, in their order. What the database says against a rule is the `error` of that rule and no other; a lost connection throws. */
  judge(table: PlacedTable, rules: readonly Rule[], options?: JudgeOptions): Promise<Judgement>;
}

export interface PlacedTable {
  readonly name: string;
  readonly columns: readonly Field[];
  /** What statements read: quoted and qualified, with values that no type of ours holds as their text. */
  readonly relation: string;
  /** For `explainSql` and other pure functions over rules: the SQL of the place. */
  readonly context: CheckContext;
}

export interface JudgeOptions {
  /** `full` where absent. */
  readonly reach?: Reach;
  /** Violating rows shown per rule; 5 where it is absent. */
  readonly sampleRows?: number;
  /** Other tables of the place that rules refer to, by the names that `otherTables` gives. */
  readonly others?: CheckContext['others'];
}

export interface Judgement {
  readonly checks: readonly Check[];
  /** Every statement that read rows. */
  readonly passes: readonly PassRun[];
  /** What was read where that was not everything: `a sample of about 1 percent`. */
  readonly scope?: string;
}

export interface PlaceOptions {
  /** As the place writes it: `postgres://...`, resolved. Never printed. */
  readonly connection: string;
  /** The schema in which tables are looked up. */
  readonly schema: string;
  /** How messages name the place: `orders.odcs.yaml: server production`. */
  readonly label: string;
  /** For each statement. */
  readonly deadlineMs: number;
  /** What to do where a statement is ended at its deadline. */
  readonly lateHint?: string;
  /** The moment of the check, for rules that ask how old a value is; ISO 8601 in UTC. */
  readonly now?: string;
  readonly signal?: AbortSignal;
}

/** `ExternalError` where nobody answers or lets us in. */
export type OpenPlace = (options: PlaceOptions) => Promise<Place>;

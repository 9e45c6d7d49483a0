import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { Field } from '@hanse/core/rule/dialect.ts';
import { judge } from '@hanse/core/rule/judge.ts';
import { distinctMeasures, type TableMeasures } from '@hanse/core/rule/measure.ts';
import { measuresOf, planRules } from '@hanse/core/rule/plan-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { askAggregates, askQueries } from './ask-queries.ts';
import { countKeys } from './count-keys.ts';
import type { KeyRuns } from './key-runs.ts';
import type { Asked, PassRun, Run } from './run-pass.ts';
import { sampleChecks } from './sample-checks.ts';
import { lackingFiles, scanFiles } from './scan-files.ts';

/** A data file of the table. */
export interface CheckedFile {
  /** Its name for good: what its measures are stored under. */
  readonly name: string;
  /** The relation that holds it alone, quoted and qualified: needed only for `unmeasuredFiles`. */
  readonly relation: string;
  readonly bytes?: number;
}

export interface CheckedTable {
  readonly rules: readonly Rule[];
  /** As the relation shows them; with field ids where it has any, so that a column made anew is not taken for its namesake. */
  readonly columns: readonly Field[];
  /** All files together, quoted and qualified. */
  readonly relation: string;
  readonly files: readonly CheckedFile[];
  /** The files that `previous` knows, together: with it, keys that are added far from theirs are not compared with them. */
  readonly known?: string;
  /** What the table version that this one came from left. */
  readonly previous?: TableMeasures;
  /** Violating rows shown per rule; 5 where it is absent. */
  readonly sampleRows?: number;
  /** Sorted keys of data files that are kept between checks; without them keys are read again. */
  readonly runs?: KeyRuns;
  /** Told of each pass while it runs, where it takes long. */
  readonly tell?: NonNullable<Run['tell']>;
  /** What rules look at beside the table. */
  readonly context?: CheckContext;
}

export interface CheckedResult {
  readonly checks: readonly Check[];
  /** To be stored with the version: `previous` of the next one. */
  readonly measures: TableMeasures;
  readonly passes: readonly PassRun[];
  /** Files read by scans, with their size; key and sql passes name theirs in `passes`. */
  readonly scanned: { readonly files: number; readonly bytes: number };
}

/** What the rules need to know of the table. */
export function measuresOfTable({ rules, columns, context }: CheckedTable): ReturnType<typeof distinctMeasures> {
  return distinctMeasures(planRules(rules, columns, context).flatMap(measuresOf));
}

/** The files that `checkTable` will scan: new ones, and old ones that lack what a changed contract asks. */
export function unmeasuredFiles(table: CheckedTable): readonly CheckedFile[] {
  const wanted = measuresOfTable(table);
  return table.files.filter((file) => lackingFiles(table, wanted.scan, [file]).length > 0);
}

/**
 * Judges a table against its rules and reads only what `previous` does not know: new files, new measures and, for keys, the
 * key columns where files were added. The result equals that of a run without `previous`. A statement that the engine refuses is an
 * `error` of the rules that need it and no others; a worker that dies throws.
 */
export async function checkTable(session: Asked, table: CheckedTable): Promise<CheckedResult> {
  const run: Run = { session, passes: [], ...(table.tell !== undefined && { tell: table.tell }) };
  const wanted = measuresOfTable(table);
  const scan = await scanFiles(run, table, wanted.scan);
  const keys = await countKeys(run, table, wanted.key);
  const answers = await askQueries(run, table, wanted.sql);
  const aggregates = await askAggregates(run, table, wanted.aggregate);
  const checks = judge(table.rules, table.columns, new Map([...scan.totals, ...keys.totals, ...aggregates, ...answers]), table.context);
  return {
    checks: await sampleChecks(session, table, checks, keys.repeated),
    measures: { files: scan.files, keys: keys.counts },
    passes: run.passes,
    scanned: scannedFiles(run, table),
  };
}

function scannedFiles({ passes }: Run, { files }: CheckedTable): CheckedResult['scanned'] {
  const names = new Set(passes.flatMap((pass) => (pass.kind === 'scan' || pass.kind === 'footer' ? pass.files : [])));
  const read = files.filter(({ name }) => names.has(name));
  return { files: read.length, bytes: read.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}

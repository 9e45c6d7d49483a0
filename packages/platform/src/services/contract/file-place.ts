import { planRules } from '@hanse/core/rule/plan-rules.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { CheckContext } from '@hanse/core/rule/check-context.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { admitRules } from '../../check/admit-rules.ts';
import { type CheckedTable, checkTable } from '../../check/check-table.ts';
import type { JudgeOptions, Judgement, Place, PlacedTable } from '../../check/place.ts';
import type { Asked } from '../../check/run-pass.ts';
import type { Relation, Session } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { judgeMisfits } from './judge-misfits.ts';

export interface FilePlaceOptions {
  readonly session: Session;
  readonly relations: readonly Relation[];
  readonly now: string;
  /** What is done with a table, and how far it is. */
  readonly tell: (table: string, stage: string, done: number) => void;
}

/** Files that the engine has opened, as a place where tables are judged. The session is its owner's to close. */
export function openFilePlace({ session, relations, now, tell }: FilePlaceOptions): Pick<Place, 'describe' | 'judge'> {
  const relationOf = (name: string) => relations.find((one) => one.name === name);
  return {
    describe: async (name) => {
      const relation = quoteName(name);
      const described = await session.describe({ sql: `SELECT * FROM ${relation}` });
      const one = relationOf(name);
      // Texts and Iceberg have no types of their own but those that were chosen for them.
      const columns = one?.fits === undefined && one?.columns === undefined ? described : described.map(({ name: column, type }) => ({ name: column, type }));
      return { name, columns, relation, context: { now } };
    },
    judge: async (table, rules, options = {}) => {
      const told = (stage: string, done: number) => tell(table.name, stage, done);
      return judge(session, { table, rules: await admitRules(session.parse, rules), options, relation: relationOf(table.name), tell: told });
    },
  };
}

interface Judging {
  readonly table: PlacedTable;
  readonly rules: readonly Rule[];
  readonly options: JudgeOptions;
  readonly relation: Relation | undefined;
  readonly tell: NonNullable<CheckedTable['tell']>;
}

async function judge(session: Asked, { table, rules, options, relation, tell }: Judging): Promise<Judgement> {
  const context: CheckContext = { ...table.context, ...(options.others && { others: options.others }) };
  const { columns } = table;
  const kind = options.reach?.kind ?? 'full';
  if (kind === 'sample' || kind === 'lastPartition')
    throw new UserError(
      'usage',
      'a part of the rows can be judged in a database only: a file has no index of its rows, so that choosing some reads as much as judging all',
      'Leave the flag out. To read nothing but types and numbers of rows: --metadata.',
    );
  const known = kind === 'metadata' ? rulesWithoutRows(rules, table, context, relation) : new Set(rules);
  const asked = rules.filter((rule) => known.has(rule));
  const checked = await checkTable(session, {
    rules: asked,
    columns,
    relation: table.relation,
    files: [{ name: table.name, relation: table.relation }],
    tell,
    context,
    ...(options.sampleRows !== undefined && { sampleRows: options.sampleRows }),
  });
  const judged =
    relation === undefined || kind === 'metadata'
      ? checked.checks
      : await judgeMisfits(
          session,
          relation,
          columns.map(({ name }) => name),
          checked.checks,
        );
  const byRule = new Map(judged.map((check) => [check.rule, check]));
  const checks = rules.map((rule): Check => byRule.get(rule) ?? { rule, status: 'skip', found: 'no row was read, and the types alone do not prove it' });
  return { checks, passes: checked.passes, ...(kind === 'metadata' && { scope: 'no row' }) };
}

/** Rules that types settle; and the number of rows, which columnar files state. */
function rulesWithoutRows(rules: readonly Rule[], { columns }: PlacedTable, context: CheckContext, relation: Relation | undefined): ReadonlySet<Rule> {
  const plans = planRules(rules, columns, context);
  const isColumnar = relation?.format === 'parquet' || relation?.format === 'duckdb';
  return new Set(
    rules.filter(({ test }, index) => plans[index]?.kind === 'settled' || (isColumnar && test.kind === 'metric' && test.metric.kind === 'rowCount')),
  );
}

import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { CheckContext, OtherTable } from '@hanse/core/rule/check-context.ts';
import { formatPath, type Rule } from '@hanse/core/rule/rule.ts';
import { columnsOf } from '@hanse/core/rule/plan-rules.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import type { PlacedTable } from '../../check/place.ts';
import { isMisfit, misfitRowsSql } from './judge-misfits.ts';
import type { Located } from './locate-data.ts';
import { shownRelation } from './shown-relation.ts';

/** The statement that shows a person what breaks a rule, where they can run it. */
export function sqlFor(
  check: Check,
  table: PlacedTable,
  { found, context, misfits }: { readonly found: Located | undefined; readonly context: CheckContext; readonly misfits: ReadonlySet<string> },
): string | undefined {
  const { rule } = check;
  const shown = found !== undefined && 'shown' in found ? found.shown : table.relation;
  const relation = found !== undefined && 'relation' in found && isMisfit(check) ? found.relation : undefined;
  const fit = relation?.fits?.find(({ name }) => name === formatPath(rule.path));
  if (relation !== undefined && fit !== undefined) return misfitRowsSql(fit, relation.format, shown);
  return rule.test.kind === 'schema' && check.totalRows === undefined && found !== undefined && 'shown' in found
    ? `DESCRIBE SELECT * FROM ${shown}`
    : explainSql(
        rule,
        table.columns,
        found !== undefined && 'shown' in found ? shownRelation(found, { columns: table.columns, asked: askedBy(rule), misfits }) : shown,
        context,
      );
}

/** The columns of a rule, and those that SQL of the contract may name. */
function askedBy(rule: Rule): (name: string) => boolean {
  const names = columnsOf(rule);
  const written = `${rule.where ?? ''} ${rule.test.kind === 'sql' ? rule.test.query : ''}`.toLowerCase();
  return (name) => names.includes(name) || written.includes(name.toLowerCase());
}

/** The tables that rules refer to, as a person reads them. */
export function shownTables(
  others: ReadonlyMap<string, OtherTable>,
  objects: readonly SchemaObject[],
  located: readonly Located[],
): ReadonlyMap<string, OtherTable> {
  const shown = objects.map(({ name }, index): [string, OtherTable] => {
    const [other, one] = [others.get(name), located[index]];
    return [
      name,
      other !== undefined && 'relation' in other && one !== undefined && 'shown' in one
        ? {
            ...other,
            relation: shownRelation(one, { columns: other.columns, asked: () => true, misfits: new Set(other.columns.map((column) => column.name)) }),
          }
        : (other ?? { error: `the table ${name} is not at hand` }),
    ];
  });
  return new Map(shown);
}

import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { CheckContext, OtherTable } from '@hanse/core/rule/check-context.ts';
import { formatPath } from '@hanse/core/rule/rule.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import type { PlacedTable } from '../../check/place.ts';
import { isMisfit, misfitRowsSql } from './judge-misfits.ts';
import type { Located } from './locate-data.ts';

/** The statement that shows a person what breaks a rule, where they can run it. */
export function sqlFor(
  check: Check,
  table: PlacedTable,
  { found, context }: { readonly found: Located | undefined; readonly context: CheckContext },
): string | undefined {
  const { rule } = check;
  const shown = found !== undefined && 'shown' in found ? found.shown : table.relation;
  const relation = found !== undefined && 'relation' in found && isMisfit(check) ? found.relation : undefined;
  const fit = relation?.fits?.find(({ name }) => name === formatPath(rule.path));
  if (relation !== undefined && fit !== undefined) return misfitRowsSql(fit, relation.format, shown);
  return rule.test.kind === 'schema' && check.totalRows === undefined && found !== undefined && 'shown' in found
    ? `DESCRIBE SELECT * FROM ${shown}`
    : explainSql(rule, table.columns, shown, context);
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
        ? { ...other, relation: one.shown }
        : (other ?? { error: `the table ${name} is not at hand` }),
    ];
  });
  return new Map(shown);
}

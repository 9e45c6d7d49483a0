import type { CheckContext, ReadableTable } from './check-context.ts';
import type { Compiled } from './dialect.ts';
import type { Frame } from './frame.ts';
import { pathIn } from './parse-reference.ts';
import type { Path, Rule, RuleTest } from './rule.ts';
import { matchPairs, unmatchedRows } from './unmatched-rows.ts';
import { itemOrphans } from './item-orphans.ts';

type Relationship = RuleTest & { readonly kind: 'relationship' };

/** The names of other tables that rules read: what `CheckContext.others` must hold. */
export function otherTables(rules: readonly Rule[]): readonly string[] {
  return [
    ...new Set(
      rules.flatMap(({ test }) =>
        test.kind === 'relationship' || test.kind === 'reconciliation' ? [test.to.relation] : test.kind === 'sql' ? test.reads : [],
      ),
    ),
  ];
}

export function otherTable(relation: string, { others }: CheckContext): ReadableTable | { readonly error: string } {
  return others?.get(relation) ?? { error: `the table ${relation} is not at hand` };
}

/** What follows SELECT to read the rows that have no counterpart. `${object}` stands for the checked table. */
export function orphanRows(test: Relationship, where: string | undefined, frame: Frame): Compiled {
  const other = otherTable(test.to.relation, frame.context);
  if ('error' in other) return other;
  const columns = test.to.columns.map((path) => resolve(path, other));
  const asked = where === undefined ? 'true' : `(${where}\n)`;
  const theirs = { columns, fields: other.columns, name: test.to.relation };
  const [own = []] = test.columns;
  if (test.columns.length === 1 && own.some(({ kind }) => kind !== 'field')) return itemOrphans(own, theirs, { asked, relation: other.relation, frame });
  const pairs = matchPairs({ columns: test.columns, fields: frame.columns }, theirs, frame.dialect);
  return 'error' in pairs ? pairs : { sql: unmatchedRows('${object}', other.relation, pairs.pairs, { asked, dialect: frame.dialect }) };
}

/** A path by names, where it was written by ids. */
export function resolve(path: Path, { object }: ReadableTable): Path {
  return object === undefined
    ? path
    : pathIn(
        object.properties,
        path.flatMap((step) => (step.kind === 'field' ? [step.name] : [])),
      );
}

import type { ReadableTable } from './check-context.ts';
import type { Frame } from './frame.ts';
import { pathIn } from './parse-reference.ts';
import { formatPath, type Path, type Rule, type RuleTest } from './rule.ts';
import { formatType } from '../table/wanted-type.ts';
import { type Compiled, isNumeric, type Value } from './dialect.ts';
import { valueAt } from './violation.ts';

type Relationship = RuleTest & { readonly kind: 'relationship' };

/** The names of other tables that rules read: what `CheckContext.others` must hold. */
export function otherTables(rules: readonly Rule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ test }) => (test.kind === 'relationship' ? [test.to.relation] : [])))];
}

/**
 * What follows SELECT to read the rows that have no counterpart: `FROM ... WHERE ...`. `${object}` stands for the checked table. The other
 * table is the hash table, or the rows are, whichever is smaller: that is the engine's choice.
 */
export function orphanRows(test: Relationship, where: string | undefined, { columns, dialect, context }: Frame): Compiled {
  const other = context.others?.get(test.to.relation);
  if (other === undefined) return { error: `the table ${test.to.relation} is not at hand` };
  if ('error' in other) return other;
  const own = test.columns.map((path) => valueAt(path, columns, dialect));
  const theirs = test.to.columns.map((path) => valueAt(resolve(path, other), other.columns, dialect));
  const wrong = own.find((one) => 'error' in one) ?? named(test.to.relation, theirs.find((one) => 'error' in one));
  if (wrong !== undefined && 'error' in wrong) return wrong;
  const pairs = own.flatMap((one, index) => {
    const match = theirs[index];
    return match !== undefined && 'sql' in one && 'sql' in match ? [{ one, match }] : [];
  });
  const unlike = pairs.findIndex(({ one, match }) => family(one) !== family(match));
  const pair = pairs[unlike];
  if (pair !== undefined) return { error: `${formatPath(test.columns[unlike] ?? [])} is ${formatType(pair.one.type)}, and its counterpart ${formatType(pair.match.type)}` };
  const keys = pairs.map(({ match }, index) => `${match.sql} AS o${index}`).join(', ');
  const equal = pairs.map(({ one }, index) => `theirs.o${index} = ours.${one.sql}`).join(' AND ');
  const asked = [...pairs.map(({ one }) => dialect.isPresent(one)), ...(where === undefined ? [] : [`(${where}\n)`])].join(' AND ');
  return { sql: `FROM \${object} AS ours ANTI JOIN (SELECT ${keys} FROM ${other.relation}) AS theirs ON ${equal} WHERE ${asked}` };
}

function resolve(path: Path, { object }: ReadableTable): Path {
  return object === undefined ? path : pathIn(object.properties, path.flatMap((step) => (step.kind === 'field' ? [step.name] : [])));
}

function named(relation: string, wrong: Value | { readonly error: string } | undefined): { readonly error: string } | undefined {
  return wrong !== undefined && 'error' in wrong ? { error: `${relation}: ${wrong.error}` } : undefined;
}

/** Types whose values compare without a cast that may fail or round. */
function family({ type }: Value): string {
  return isNumeric(type) ? 'number' : type.kind;
}

import type { Finding } from '../finding/finding.ts';
import type { Column } from '../table/column.ts';
import { type ColumnPath, columnPaths, pathEnd, pathName } from './column-path.ts';
import { literalText } from './literal.ts';
import { maskedType } from './masked-type.ts';
import { restrictedColumns } from './restricted-columns.ts';
import type { ColumnRestriction, Literal, Predicate, Restriction } from './restriction.ts';

/** Nothing in between: a restriction that cannot be applied whole is not applied in part. */
export type BoundRestriction =
  { readonly kind: 'bound'; readonly restriction: Restriction } | { readonly kind: 'unbound'; readonly findings: readonly Finding[] };

type Find = (name: string) => ColumnPath | undefined;
interface Binding {
  readonly find: Find;
  readonly findings: Finding[];
}

/**
 * Binds a restriction to a table: names (`city`, `address.city`) become field ids, and each mask and literal is held
 * against its column's type. A name is first a column, then a way through structs.
 */
export function bindRestriction(restriction: Restriction<string>, columns: readonly Column[]): BoundRestriction {
  const paths = columnPaths(columns);
  const find: Find = (name) => paths.find((path) => path.length === 1 && path[0].name === name) ?? paths.find((path) => pathName(path) === name);
  const binding: Binding = { find, findings: [] };
  const actions = restriction.columns.flatMap((action) => bindAction(binding, action));
  findOverlaps(binding, restriction.columns);
  const rows = restriction.rows === undefined ? undefined : bindPredicate(binding, restriction.rows);
  if (binding.findings.length > 0) return { kind: 'unbound', findings: binding.findings };
  const bound: Restriction = { columns: actions, ...(rows !== undefined && { rows }) };
  if (restrictedColumns(columns, bound).length > 0) return { kind: 'bound', restriction: bound };
  const message = 'The restriction leaves no column to read.';
  return { kind: 'unbound', findings: [{ code: 'restriction.empty', severity: 'error', message, hint: 'Leave a column, if need be masked.' }] };
}

function bindAction(binding: Binding, { column: name, action }: ColumnRestriction<string>): readonly ColumnRestriction<number>[] {
  const column = bindColumn(binding, name);
  if (column === undefined) return [];
  if (action.kind !== 'drop' && maskedType(column.type, action) === undefined) {
    const shown = action.kind === 'fixed' ? `the fixed value ${JSON.stringify(action.value)}` : `the mask ${action.kind}`;
    report(binding, 'restriction.type', `Column ${name} is of type ${column.type.kind}; ${shown} does not go with it.`, 'Drop the column, or set it to null.');
  }
  return [{ column: column.id, action }];
}

function findOverlaps(binding: Binding, actions: readonly ColumnRestriction<string>[]): void {
  const ways = actions.map(({ column }) => binding.find(column)).filter((way) => way !== undefined);
  const seen = new Set<number>();
  for (const way of ways) {
    const end = pathEnd(way);
    const around = way.slice(0, -1).some((outer) => ways.some((other) => pathEnd(other).id === outer.id));
    if (around || seen.has(end.id)) {
      report(
        binding,
        'restriction.conflict',
        `Column ${pathName(way)} is restricted twice.`,
        'Keep one restriction for the column, or one for the whole it is part of.',
      );
    }
    seen.add(end.id);
  }
}

function bindPredicate(binding: Binding, predicate: Predicate<string>): Predicate<number> {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return { kind: predicate.kind, of: predicate.of.map((part) => bindPredicate(binding, part)) };
    case 'not':
      return { kind: 'not', of: bindPredicate(binding, predicate.of) };
    case 'is-null':
      return { ...predicate, column: bindColumn(binding, predicate.column)?.id ?? 0 };
    case 'compare':
    case 'starts-with':
      return { ...predicate, column: bindComparison(binding, predicate.column, [predicate.value], predicate.kind) };
    case 'in':
      return { ...predicate, column: bindComparison(binding, predicate.column, predicate.values, 'in') };
    default:
      return predicate satisfies never;
  }
}

function bindComparison(binding: Binding, name: string, values: readonly Literal[], kind: string): number {
  const column = bindColumn(binding, name);
  if (column === undefined) return 0;
  const wrong = values.find((value) => literalText(column.type, value) === undefined);
  if (wrong !== undefined) {
    const hint = 'Write the value as the column holds it: exact, in range, a date as 2026-01-31, an instant with its zone.';
    report(binding, 'restriction.type', `Column ${name} is of type ${column.type.kind}; the row filter compares it with ${JSON.stringify(wrong)}.`, hint);
  }
  if (kind === 'starts-with' && column.type.kind !== 'string') {
    report(
      binding,
      'restriction.type',
      `Column ${name} is of type ${column.type.kind}; only text can be asked for its beginning.`,
      'Compare the column instead.',
    );
  }
  return column.id;
}

function bindColumn(binding: Binding, name: string): Column | undefined {
  const path = binding.find(name);
  if (path !== undefined) return pathEnd(path);
  const hint = 'Name a column of the contract, a field of a struct as `address.city`.';
  report(binding, 'restriction.column', `The restriction names column ${name}, which the table does not have.`, hint);
  return undefined;
}

function report(binding: Binding, code: 'restriction.column' | 'restriction.type' | 'restriction.conflict', message: string, hint: string): void {
  binding.findings.push({ code, severity: 'error', message, hint });
}

import { sameValue } from '../document/same-value.ts';
import { mapPredicate } from '../restriction/map-predicate.ts';
import { restrictionOn } from './columns-in-force.ts';
import type { Contract, Role, SchemaObject, SchemaProperty } from './contract.ts';

/**
 * The first role by which a contract would give something else than the one before it: removed, answered by others, or
 * restricting otherwise. Columns count by id, so that a name that moves to another column does not take its mask along;
 * what a role does to a column that is new changes nothing.
 */
export function changedRole(before: Contract, after: Contract): string | undefined {
  return before.roles.find((role) => {
    const other = after.roles.find(({ name }) => name === role.name);
    return (
      other === undefined ||
      !sameValue([role.standing, role.approvers], [other.standing, other.approvers]) ||
      !restrictsAlike({ role, contract: before }, { role: other, contract: after })
    );
  })?.name;
}

/** The first new role that is given without the domain's owner or stewards: at once, or by approvers that it names itself. */
export function selfGivenRole(before: Contract | undefined, after: Contract): string | undefined {
  return after.roles.find(({ name, standing, approvers }) => (standing || approvers.length > 0) && before?.roles.some((role) => role.name === name) !== true)
    ?.name;
}

interface Stated {
  readonly role: Role;
  readonly contract: Contract;
}

function restrictsAlike(before: Stated, after: Stated): boolean {
  return before.contract.objects.every((object) => {
    const next = after.contract.objects.find(({ id }) => id === object.id);
    if (next === undefined) return true;
    const known = new Set(object.properties.map(({ id }) => id));
    return sameValue(effectOf(before, object, known), effectOf(after, next, known));
  });
}

/** Actions on the known columns in the order of their ids, and the rows that are kept. */
function effectOf({ role, contract }: Stated, object: SchemaObject, known: ReadonlySet<string>) {
  const { columns, rows } = restrictionOn(role, object, contract);
  const idOf = (name: string) => idPath(object.properties, name.split('.'));
  const actions = columns.map(({ column, action }) => ({ column: idOf(column), action })).filter(({ column }) => known.has(column[0] ?? ''));
  return {
    actions: actions.toSorted((a, b) => (a.column.join('.') < b.column.join('.') ? -1 : 1)),
    rows: rows === undefined ? null : mapPredicate(rows, idOf),
  };
}

function idPath(properties: readonly SchemaProperty[], [name, ...inner]: readonly string[]): readonly string[] {
  if (name === undefined) return [];
  const property = properties.find((candidate) => candidate.name === name);
  return property === undefined
    ? [name, ...inner]
    : [
        property.id,
        ...idPath(
          [property, property.items, property.values].flatMap((part) => part?.properties ?? []),
          inner,
        ),
      ];
}

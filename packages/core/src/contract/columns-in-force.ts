import type { Restriction } from '../restriction/restriction.ts';
import { mapPredicate } from '../restriction/map-predicate.ts';
import type { Column } from '../table/column.ts';
import type { Contract, Role, SchemaObject } from './contract.ts';

/**
 * The columns of a published table as the contract now in force names them, matched by id: a renamed column shows its
 * new name at once, one that the contract no longer has is not shown, one not built yet is not there.
 */
export function columnsInForce(columns: readonly Column[], keys: Readonly<Record<string, string>>, object: SchemaObject): readonly Column[] {
  return columns.flatMap((column) => {
    const property = object.properties.find((candidate) => candidate.id === keys[column.id]);
    return property === undefined ? [] : [{ ...column, name: property.name }];
  });
}

/**
 * A role's restriction on one object, by the names in force: the contract may name a property by name or by id. Actions on
 * columns that only the contract's other objects have are left out; a row predicate on them stays, and cannot be bound.
 */
export function restrictionOn(role: Role, object: SchemaObject, contract: Contract): Restriction<string> {
  const nameOf = (written: string): string => {
    const [first = '', ...inner] = written.split('.');
    const known = object.properties.some(({ name }) => name === written || name === first);
    const byId = known ? undefined : object.properties.find(({ id }) => id === written || id === first);
    return byId === undefined ? written : [byId.name, ...(byId.id === written ? [] : inner)].join('.');
  };
  const isElsewhere = (name: string) => !names(object, name) && contract.objects.some((other) => names(other, name));
  const { columns, rows } = role.restriction;
  return {
    columns: columns.filter(({ column }) => !isElsewhere(column)).map(({ column, action }) => ({ column: nameOf(column), action })),
    ...(rows !== undefined && { rows: mapPredicate(rows, nameOf) }),
  };
}

function names(object: SchemaObject, written: string): boolean {
  const [first] = written.split('.');
  return object.properties.some(({ id, name }) => id === written || name === written || id === first || name === first);
}

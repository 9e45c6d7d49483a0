import type { Contract, Role, SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { parsePhysicalType } from '../table/physical-type.ts';
import type { WantedType } from '../table/wanted-type.ts';

export type ChangeKind =
  | 'object-added'
  | 'object-removed'
  | 'object-renamed'
  | 'column-added'
  | 'column-removed'
  | 'column-renamed'
  | 'type-changed'
  | 'type-widened'
  | 'required-added'
  | 'required-dropped'
  | 'values-changed'
  | 'role-removed'
  | 'role-changed'
  | 'role-widened';

/** One difference between two versions of a contract, seen by those who read its tables. */
export interface Change {
  readonly kind: ChangeKind;
  /** Object id, and the property's name as readers knew it (nested: `address.city`). */
  readonly object?: string;
  readonly column?: string;
  readonly role?: string;
  /** True where a reader of this column, object or role may stop working or read something else. */
  readonly breaking: boolean;
  readonly message: string;
}

const BREAKING: Readonly<Record<ChangeKind, boolean>> = {
  'object-added': false,
  'object-removed': true,
  'object-renamed': true,
  'column-added': false,
  'column-removed': true,
  'column-renamed': true,
  'type-changed': true,
  'type-widened': false,
  'required-added': false,
  'required-dropped': true,
  'values-changed': true,
  'role-removed': true,
  'role-changed': true,
  'role-widened': false,
};

/** What changed from one version to the next, matched by the standard's ids; empty where a contract equals itself. */
export function compareContracts(before: Contract, after: Contract): readonly Change[] {
  return [...compareObjects(before.objects, after.objects), ...compareRoles(before, after)];
}

function change(kind: ChangeKind, message: string, where: Pick<Change, 'object' | 'column' | 'role'>): Change {
  return { kind, breaking: BREAKING[kind], message, ...where };
}

function compareObjects(before: readonly SchemaObject[], after: readonly SchemaObject[]): readonly Change[] {
  const removed = before
    .filter((object) => !after.some((other) => other.id === object.id))
    .map((object) => change('object-removed', `table ${object.name} is removed`, { object: object.id }));
  const added = after
    .filter((object) => !before.some((other) => other.id === object.id))
    .map((object) => change('object-added', `table ${object.name} is new`, { object: object.id }));
  const kept = before.flatMap((object) => {
    const other = after.find((candidate) => candidate.id === object.id);
    return other === undefined ? [] : compareObject(object, other);
  });
  return [...removed, ...kept, ...added];
}

function compareObject(before: SchemaObject, after: SchemaObject): readonly Change[] {
  const renamed = before.name === after.name ? [] : [change('object-renamed', `table ${before.name} is renamed to ${after.name}`, { object: before.id })];
  return [...renamed, ...compareProperties(before.properties, after.properties, { object: before.id, prefix: '' })];
}

interface Place {
  readonly object: string;
  readonly prefix: string;
}

function compareProperties(before: readonly SchemaProperty[], after: readonly SchemaProperty[], place: Place): readonly Change[] {
  const removed = before
    .filter((property) => !after.some((other) => other.id === property.id))
    .map((property) => {
      const column = place.prefix + property.name;
      return change('column-removed', `column ${column} is removed`, { object: place.object, column });
    });
  const added = after
    .filter((property) => !before.some((other) => other.id === property.id))
    .map((property) => {
      const column = place.prefix + property.name;
      return change('column-added', `column ${column} is new`, { object: place.object, column });
    });
  const kept = before.flatMap((property) => {
    const other = after.find((candidate) => candidate.id === property.id);
    return other === undefined ? [] : compareProperty(property, other, place);
  });
  return [...removed, ...kept, ...added];
}

function compareProperty(before: SchemaProperty, after: SchemaProperty, place: Place): readonly Change[] {
  const column = place.prefix + before.name;
  const where = { object: place.object, column };
  const changes: Change[] = [];
  if (before.name !== after.name) changes.push(change('column-renamed', `column ${column} is renamed to ${place.prefix}${after.name}`, where));
  const type = compareTypes(before, after);
  if (type !== undefined) changes.push(change(type, `column ${column} changed from ${typeText(before)} to ${typeText(after)}`, where));
  if (before.required && !after.required) changes.push(change('required-dropped', `column ${column} may now be null`, where));
  if (!before.required && after.required) changes.push(change('required-added', `column ${column} is now never null`, where));
  if (before.enum !== undefined && after.enum?.every((value) => before.enum?.includes(value)) !== true)
    changes.push(change('values-changed', `column ${column} has other allowed values`, where));
  return [...changes, ...compareParts(before, after, { object: place.object, prefix: `${column}.` })];
}

/** Fields, also those of the elements of a list or map. */
function compareParts(before: SchemaProperty, after: SchemaProperty, place: Place): readonly Change[] {
  const inner = (['items', 'keys', 'values'] as const).flatMap((part) => {
    const [one, other] = [before[part], after[part]];
    return one === undefined || other === undefined ? [] : compareParts(one, other, place);
  });
  return [...compareProperties(before.properties, after.properties, place), ...inner];
}

function typeText(property: SchemaProperty): string {
  return property.physicalType ?? property.logicalType ?? 'no type';
}

function compareTypes(before: SchemaProperty, after: SchemaProperty): 'type-changed' | 'type-widened' | undefined {
  if (before.logicalType !== after.logicalType || elementText(before) !== elementText(after)) return 'type-changed';
  if (typeText(before).toUpperCase() === typeText(after).toUpperCase()) return undefined;
  const [from, to] = [physicalType(before), physicalType(after)];
  if (from === undefined || to === undefined) return 'type-changed';
  if (sameValue(from, to)) return undefined;
  return isWider(from, to) ? 'type-widened' : 'type-changed';
}

function physicalType({ physicalType: written }: SchemaProperty): WantedType | undefined {
  return written === undefined ? undefined : parsePhysicalType(written);
}

/** Iceberg's promotions (table spec, "Schema Evolution"), after which every value reads as before. */
function isWider(from: WantedType, to: WantedType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.scale === to.scale && from.precision < to.precision;
  return (from.kind === 'int' && to.kind === 'long') || (from.kind === 'float' && to.kind === 'double');
}

function elementText(property: SchemaProperty): string {
  return [property.items, property.keys, property.values].map((part) => (part === undefined ? '' : typeText(part) + elementText(part))).join('|');
}

function compareRoles(before: Contract, after: Contract): readonly Change[] {
  return before.roles.flatMap((role) => {
    const other = after.roles.find((candidate) => candidate.name === role.name);
    if (other === undefined) return [change('role-removed', `role ${role.name} is removed`, { role: role.name })];
    if (sameValue(role.restriction, other.restriction)) return [];
    const shown = columnsShown(role.restriction, other.restriction);
    if (shown?.length === 0) return [];
    if (shown !== undefined) return [change('role-widened', `role ${role.name} shows ${shown.join(', ')} too`, { role: role.name })];
    return [change('role-changed', `role ${role.name} restricts otherwise`, { role: role.name })];
  });
}

/** The columns that are dropped no more, where nothing else differs: whoever reads less masked values or other rows reads something else. */
function columnsShown(before: Role['restriction'], after: Role['restriction']): readonly string[] | undefined {
  const isIn = (restriction: Role['restriction']) => (one: Role['restriction']['columns'][number]) =>
    restriction.columns.some((other) => sameValue(one, other));
  const shown = before.columns.filter((one) => !isIn(after)(one));
  const isWider = after.columns.every(isIn(before)) && shown.every(({ action }) => action.kind === 'drop') && sameValue(before.rows, after.rows);
  return isWider ? shown.map(({ column }) => column) : undefined;
}

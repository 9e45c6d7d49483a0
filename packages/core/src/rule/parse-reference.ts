import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import type { Path } from './rule.ts';

/** One column as a relationship names it. */
export interface Reference {
  readonly relation: string;
  readonly path: Path;
}

/**
 * Reads a reference of ODCS ("References"): `orders.address.city` by names, `schema/orders_id/properties/city_id` by ids, both within
 * the contract, or the latter after `<file>#`. A first name that is no object of the contract is a domain: `finance.orders.id`.
 * Answers what is wrong otherwise.
 */
export function parseReference(written: string, objects: readonly SchemaObject[]): Reference | string {
  return written.includes('/') ? qualified(written, objects) : shorthand(written.split('.'), objects);
}

function shorthand(names: readonly string[], objects: readonly SchemaObject[]): Reference | string {
  const [first = '', second = '', ...rest] = names;
  const object = find(objects, first);
  if (object !== undefined) return { relation: object.name, path: pathIn(object.properties, names.slice(1)) };
  if (rest.length === 0) return `${names.join('.')}: the contract has no object ${first}`;
  return { relation: `${first}.${second}`, path: fields(rest) };
}

function qualified(written: string, objects: readonly SchemaObject[]): Reference | string {
  const [file, place = ''] = written.includes('#') ? written.split('#') : ['', written];
  const [section, id = '', ...inner] = place.replace(/^\//, '').split('/');
  const ids = inner.filter((_, index) => index % 2 === 1);
  if (section !== 'schema' || ids.length === 0) return `${written}: a reference leads to a property: schema/<object id>/properties/<property id>`;
  if (file !== '') return { relation: `${file}#${id}`, path: fields(ids) };
  const object = find(objects, id);
  return object === undefined ? `${written}: the contract has no object ${id}` : { relation: object.name, path: pathIn(object.properties, ids) };
}

/** The path that names or ids lead, through the items of arrays. What is not found stays as written: the table may have it. */
export function pathIn(properties: readonly SchemaProperty[], names: readonly string[]): Path {
  const [name, ...rest] = names;
  if (name === undefined) return [];
  const property = find(properties, name);
  if (property === undefined) return fields(names);
  const field = { kind: 'field', name: property.name } as const;
  if (property.items !== undefined && rest.length > 0) return [field, { kind: 'element' }, ...pathIn(property.items.properties, rest)];
  return [field, ...pathIn(property.properties, rest)];
}

function fields(names: readonly string[]): Path {
  return names.map((name) => ({ kind: 'field', name }));
}

function find<T extends { readonly id: string; readonly name: string }>(items: readonly T[], named: string): T | undefined {
  return items.find(({ name }) => name === named) ?? items.find(({ id }) => id === named);
}

/** The path that another tool's name of a column leads: a field of a struct after a dot. */
export function pathOfName(name: string): Path {
  return fields(name.split('.'));
}

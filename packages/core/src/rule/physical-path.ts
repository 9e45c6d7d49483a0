import type { SchemaObject } from '../contract/contract.ts';
import type { Path } from './rule.ts';

/** A column as its database calls it. */
export function physicalPath(path: Path, { properties }: SchemaObject): Path {
  const [first, ...rest] = path;
  const property = first?.kind === 'field' ? properties.find(({ name }) => name === first.name) : undefined;
  return property === undefined ? path : [{ kind: 'field', name: property.physicalName ?? property.name }, ...rest];
}

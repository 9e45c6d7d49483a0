import type { SchemaObject } from '../contract/contract.ts';
import { isRecord } from './custom-properties.ts';
import { parseReference, type Reference } from './parse-reference.ts';
import type { Path, RuleTest } from './rule.ts';

/** Where a relationship stands: at a property (`path`), or at its object, where it says itself what it is from. */
export interface RelationshipPlace {
  readonly object: SchemaObject;
  readonly objects: readonly SchemaObject[];
  readonly path: Path;
}

/** ODCS `relationships[]`: foreign keys, single or composite. */
export function compileRelationship(written: unknown, { object, objects, path }: RelationshipPlace): RuleTest {
  const { from, to, type = 'foreignKey' } = isRecord(written) ? written : {};
  if (type !== 'foreignKey') return unsupported(`a relationship of the type ${String(type)}`);
  const targets = references(to, objects);
  if (typeof targets === 'string') return unsupported(`a relationship to ${targets}`);
  const origins = path.length > 0 ? [{ relation: object.name, path }] : references(from, objects);
  if (typeof origins === 'string') return unsupported(`a relationship from ${origins}`);
  const elsewhere = origins.find(({ relation }) => relation !== object.name);
  if (elsewhere !== undefined) return unsupported(`a relationship from ${elsewhere.relation}, written at ${object.name}: move it there`);
  const [first] = targets;
  if (first === undefined || targets.some(({ relation }) => relation !== first.relation)) return unsupported('a relationship to more than one table');
  if (targets.length !== origins.length) return unsupported(`a relationship from ${origins.length} properties to ${targets.length}`);
  return { kind: 'relationship', columns: origins.map((one) => one.path), to: { relation: first.relation, columns: targets.map((one) => one.path) } };
}

function references(written: unknown, objects: readonly SchemaObject[]): readonly Reference[] | string {
  const texts = (Array.isArray(written) ? written : [written]).filter((item) => typeof item === 'string');
  const parsed = texts.map((text) => parseReference(text, objects));
  return parsed.find((one) => typeof one === 'string') ?? (texts.length === 0 ? 'nothing' : parsed.filter((one) => typeof one !== 'string'));
}

function unsupported(what: string): RuleTest {
  return { kind: 'unsupported', what };
}

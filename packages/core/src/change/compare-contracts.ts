import type { Contract, SchemaObject } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { alignNames } from './align-names.ts';
import { type Change, changeOf } from './change.ts';
import { compareProperties } from './compare-properties.ts';
import { compareRoles } from './compare-roles.ts';
import { compareRules } from './compare-rules.ts';
import { compareServiceLevels } from './compare-service-levels.ts';

/**
 * What changed from one version of a contract to the next, matched by the standard's ids; empty where a contract equals itself.
 * The order of what is written does not count.
 */
export function compareContracts(before: Contract, after: Contract): readonly Change[] {
  const aligned = alignNames(before, after);
  return [
    ...compareTop(before, after),
    ...compareObjects(before, after, aligned),
    ...compareServiceLevels(before.sla, aligned.sla),
    ...compareRoles(before, after),
  ];
}

const DEPRECATED = new Set(['deprecated']);
const RETIRED = new Set(['retired', 'archived', 'withdrawn']);

function compareTop(before: Contract, after: Contract): readonly Change[] {
  const changes: Change[] = [];
  if (before.status !== after.status) {
    const kind = RETIRED.has(after.status) ? 'retired' : DEPRECATED.has(after.status) ? 'deprecated' : 'status-changed';
    const message = kind === 'status-changed' ? `the contract is ${after.status}, and was ${before.status}` : `the contract is ${after.status}`;
    changes.push(changeOf(kind, message, { path: ['status'], before: before.status, after: after.status }));
  }
  const words = [before.name !== after.name && 'name', before.description !== after.description && 'description', !sameList(before.tags, after.tags) && 'tags'];
  const told = words.filter((word) => word !== false);
  if (told.length > 0) changes.push(changeOf('words-changed', `the contract has another ${told.join(', ')}`, { path: [told[0] ?? ''] }));
  if (!sameList(before.servers ?? [], after.servers ?? [])) changes.push(changeOf('server-changed', 'the contract names other servers', { path: ['servers'] }));
  return changes;
}

/** The same members in any order. */
function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each) => other.some((candidate) => sameValue(each, candidate)));
}

function compareObjects(before: Contract, after: Contract, aligned: Contract): readonly Change[] {
  const known = new Map(before.objects.map((object) => [object.id, object]));
  const left = new Set(after.objects.map(({ id }) => id));
  const removed = before.objects
    .filter(({ id }) => !left.has(id))
    .map(({ id, name }) => changeOf('object-removed', `table ${name} is removed`, { object: id, path: ['schema'] }));
  const kept = after.objects.flatMap((object, index) => {
    const path = ['schema', index];
    const former = known.get(object.id);
    const same = aligned.objects[index];
    if (former === undefined || same === undefined) return [changeOf('object-added', `table ${object.name} is new`, { object: object.id, path })];
    const { changes, apart } = compareProperties(former.properties, object.properties, { object: object.id, prefix: '', ids: [], path });
    const rules = compareRules({ object: former, contract: before }, { object: same, contract: aligned }, { path, apart });
    return [...compareObject(former, object, path), ...changes, ...rules];
  });
  return [...removed, ...kept];
}

function compareObject(before: SchemaObject, after: SchemaObject, path: Change['path']): readonly Change[] {
  const changes: Change[] = [];
  if (before.name !== after.name) {
    const place = { object: before.id, path: [...path, 'name'], before: before.name, after: after.name };
    changes.push(changeOf('object-renamed', `table ${before.name} is renamed to ${after.name}`, place));
  }
  if (before.description !== after.description)
    changes.push(changeOf('words-changed', `table ${before.name} has another description`, { object: before.id, path: [...path, 'description'] }));
  return changes;
}

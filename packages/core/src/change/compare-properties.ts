import type { SchemaProperty } from '../contract/contract.ts';
import type { Path } from '../document/source-document.ts';
import { type Change, changeOf } from './change.ts';
import { compareMeaning } from './compare-meaning.ts';
import { compareTypes, typeText } from './compare-types.ts';

export interface PropertyPlace {
  readonly object: string;
  readonly prefix: string;
  /** Ids from the object inwards. */
  readonly ids: readonly string[];
  /** Of what holds the properties, in the later contract. */
  readonly path: Path;
}

export interface ComparedProperties {
  readonly changes: readonly Change[];
  /** Ids, joined with `/`, of what only one of the two has: its rules come and go with it. */
  readonly apart: readonly string[];
}

/** Names, types and meanings of columns and their fields, matched by id. What rules say of them is compared with the rules. */
export function compareProperties(before: readonly SchemaProperty[], after: readonly SchemaProperty[], place: PropertyPlace): ComparedProperties {
  const path = [...place.path, 'properties'];
  const left = new Set(after.map(({ id }) => id));
  const byId = new Map(before.map((property) => [property.id, property]));
  const removed = before.filter(({ id }) => !left.has(id));
  const compared = after.map((property, index): ComparedProperties => {
    const former = byId.get(property.id);
    const ids = [...place.ids, property.id];
    if (former !== undefined) return compareProperty(former, property, { ...place, ids, path: [...path, index] });
    const column = place.prefix + property.name;
    const added = { object: place.object, column, after: typeText(property), path: [...path, index] };
    return { changes: [changeOf('column-added', `column ${column} is new`, added)], apart: [ids.join('/')] };
  });
  return joined([
    {
      changes: removed.map((property) => {
        const column = place.prefix + property.name;
        return changeOf('column-removed', `column ${column} is removed`, { object: place.object, column, before: typeText(property), path });
      }),
      apart: removed.map(({ id }) => [...place.ids, id].join('/')),
    },
    ...compared,
  ]);
}

function joined(parts: readonly ComparedProperties[]): ComparedProperties {
  return { changes: parts.flatMap(({ changes }) => changes), apart: parts.flatMap(({ apart }) => apart) };
}

function compareProperty(before: SchemaProperty, after: SchemaProperty, place: PropertyPlace): ComparedProperties {
  const column = place.prefix + before.name;
  const where = { object: place.object, column };
  const changes: Change[] = [];
  if (before.name !== after.name) {
    const named = { ...where, path: [...place.path, 'name'], before: column, after: place.prefix + after.name };
    changes.push(changeOf('column-renamed', `column ${column} is renamed to ${place.prefix}${after.name}`, named));
  }
  const type = compareTypes(before, after);
  if (type !== undefined) {
    const [from, to] = [typeText(before), typeText(after)];
    const path = [...place.path, after.physicalType === undefined ? 'logicalType' : 'physicalType'];
    changes.push(changeOf(type, `column ${column} changed from ${from} to ${to}`, { ...where, path, before: from, after: to }));
  }
  changes.push(...compareMeaning(before, after, { ...where, path: place.path }));
  return joined([{ changes, apart: [] }, ...compareParts(before, after, { ...place, prefix: `${column}.` })]);
}

/** Fields, also those of the elements of a list or map. */
function compareParts(before: SchemaProperty, after: SchemaProperty, place: PropertyPlace): readonly ComparedProperties[] {
  const inner = INNER.flatMap(([part, id, path]): readonly ComparedProperties[] => {
    const [one, other] = [before[part], after[part]];
    const ids = [...place.ids, id];
    if (one === undefined || other === undefined) return [{ changes: [], apart: one === other ? [] : [ids.join('/')] }];
    return compareParts(one, other, { ...place, ids, path: [...place.path, ...path] });
  });
  return [compareProperties(before.properties, after.properties, place), ...inner];
}

/** What a property holds, with the ids that rules give it, and where ODCS writes it. */
const INNER = [
  ['items', 'items', ['items']],
  ['keys', 'key', ['map', 'key']],
  ['values', 'value', ['map', 'value']],
] as const;

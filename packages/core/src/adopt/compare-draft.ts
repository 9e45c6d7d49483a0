import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf, objectOf, textOf } from '../document/json.ts';
import { sameValue } from '../document/same-value.ts';

/** What a person wrote since stays theirs: words and standing are not compared. */
const FACTS = [
  'physicalName',
  'logicalType',
  'physicalType',
  'required',
  'unique',
  'primaryKey',
  'primaryKeyPosition',
  'enum',
  'relationships',
  'servers',
  'value',
  'unit',
  'element',
];
const LISTS: readonly (readonly [string, string])[] = [
  ['schema', 'table'],
  ['properties', 'column'],
  ['quality', 'rule'],
  ['slaProperties', 'service level'],
];
/** What people added has no counterpart in the source. */
const THEIRS: ReadonlySet<string> = new Set(['rule', 'service level']);

/** What the source says now and a contract's file does not, in words; empty where nothing is to be done. */
export function compareDraft(drafted: JsonValue, present: JsonValue): readonly string[] {
  return compare(objectOf(drafted), objectOf(present), '');
}

function compare(drafted: JsonObject, present: JsonObject, place: string): readonly string[] {
  const where = place === '' ? '' : `${place}: `;
  const facts = FACTS.flatMap((key) => {
    const [now, before] = [drafted[key], present[key]];
    if (now === undefined || (before !== undefined && sameValue(now, before))) return [];
    return [before === undefined ? `${where}add ${key}: ${shown(now)}` : `${where}${key} is ${shown(before)}, and ${shown(now)} in the source`];
  });
  return [...facts, ...LISTS.flatMap(([key, thing]) => compareLists({ drafted: listOf(drafted[key]), present: listOf(present[key]), place, thing }))];
}

interface Lists {
  readonly drafted: readonly JsonValue[];
  readonly present: readonly JsonValue[];
  readonly place: string;
  readonly thing: string;
}

function compareLists({ drafted, present, place, thing }: Lists): readonly string[] {
  const below = (item: JsonValue) => (place === '' ? nameOf(item) : `${place}.${nameOf(item)}`);
  const here = new Map(present.map((item) => [idOf(item), item]));
  const now = new Set(drafted.map(idOf));
  const changes = drafted.flatMap((item) => {
    const before = here.get(idOf(item));
    return before === undefined ? [`add the ${thing} ${below(item)}`] : compare(objectOf(item), objectOf(before), below(item));
  });
  const gone = THEIRS.has(thing) ? [] : present.filter((item) => !now.has(idOf(item))).map((item) => `the ${thing} ${below(item)} is no longer in the source`);
  return [...changes, ...gone];
}

function idOf(item: JsonValue): string {
  const written = objectOf(item);
  return textOf(written['id']) ?? textOf(written['name']) ?? textOf(written['property']) ?? JSON.stringify(item);
}

function nameOf(item: JsonValue): string {
  return textOf(objectOf(item)['name']) ?? idOf(item);
}

function shown(value: JsonValue): string {
  if (isObject(value) || Array.isArray(value)) return JSON.stringify(value).slice(0, 120);
  return String(value);
}

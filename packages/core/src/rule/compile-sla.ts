import type { SchemaObject, SlaProperty } from '../contract/contract.ts';
import { parseDuration } from './duration.ts';
import { parseReference, pathIn } from './parse-reference.ts';
import type { Path, RuleTest } from './rule.ts';

/** A service level as it concerns one object. */
export interface ServiceLevel {
  readonly name: string;
  readonly path: Path;
  readonly test: RuleTest;
}

/**
 * ODCS `slaProperties[]`, for the object that its `element` names; for each object where it names none. What a table cannot show
 * is kept in words.
 */
export function compileSla(sla: SlaProperty, object: SchemaObject, objects: readonly SchemaObject[]): readonly ServiceLevel[] {
  const elements =
    sla.element
      ?.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '') ?? [];
  if (elements.length === 0) return [{ name: sla.property, path: [], test: testOf(sla, []) }];
  return elements.flatMap((element) => {
    const path = pathOf(element, object, objects);
    if (path === undefined) return [];
    return typeof path === 'string'
      ? [{ name: sla.property, path: [], test: unsupported(`the element ${path}`) }]
      : [{ name: sla.property, path, test: testOf(sla, path) }];
  });
}

/** Undefined where the element belongs to another object; a text where it is none of the contract's, told at the first object. */
function pathOf(element: string, object: SchemaObject, objects: readonly SchemaObject[]): Path | string | undefined {
  if (objects.some(({ name, id }) => name === element || id === element)) return object.name === element || object.id === element ? [] : undefined;
  const isHeld = ({ properties }: SchemaObject) => properties.some(({ name, id }) => name === element || id === element);
  if (objects.some(isHeld)) return isHeld(object) ? pathIn(object.properties, [element]) : undefined;
  const reference = parseReference(element, objects);
  if (typeof reference !== 'string' && objects.some(({ name }) => name === reference.relation))
    return reference.relation === object.name ? reference.path : undefined;
  return objects[0] === object ? `${element}: the contract has none of that name` : undefined;
}

type Level = (sla: SlaProperty, path: Path) => RuleTest;

/** By the names of ODCS, its abbreviations and those in use; letters only. */
const levels: readonly (readonly [RegExp, Level])[] = [
  [/^(freshness|latency|ly|timeliness)$/, age('newest')],
  [/^(retention|re)$/, age('oldest')],
  [/^(frequency|frequencyofupdate|updatefrequency|fy)$/, frequency],
  [/^(timeofavailability|ta)$/, readyBy],
  [/^(volume|rowcount|vo)$/, volume],
  [/^(availability|av|uptime)$/, words('how often a service answers shows in no table')],
  [/^(generalavailability|ga|endofsupport|es|endoflife|el)$/, words('a date for people to plan by')],
  [/^(throughput|th|errorrate|er|timeto\w+|td|tn|tr)$/, words('what a service does shows in no table')],
];

function testOf(sla: SlaProperty, path: Path): RuleTest {
  const name = sla.property.toLowerCase().replaceAll(/[^a-z]/g, '');
  const level = levels.find(([known]) => known.test(name))?.[1] ?? words('it is none that Hanse knows how to measure');
  return level(sla, path);
}

function age(of: 'newest' | 'oldest'): Level {
  return (sla, path) => {
    const limit = parseDuration(sla.value, sla.unit);
    if (limit === undefined) return unsupported(noDuration(sla));
    return of === 'oldest' && path.length === 0
      ? { kind: 'words', why: 'its `element` names no column that says how old a row is' }
      : { kind: 'age', of, limit };
  };
}

function frequency(sla: SlaProperty): RuleTest {
  const every = parseDuration(sla.value, sla.unit);
  return every === undefined ? unsupported(noDuration(sla)) : { kind: 'frequency', every };
}

function readyBy(sla: SlaProperty): RuleTest {
  const match = /^(\d{1,2}):(\d{2})(?::\d{2})?\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?$/i.exec(String(sla.value).trim());
  const [, hour = '', minute = '', sign, ahead = '0', half = '0'] = match ?? [];
  if (match === null || Number(hour) > 24 || Number(minute) > 59)
    return unsupported(`${sla.property}: ${String(sla.value)} is no time of the day, as 09:00-08:00`);
  return { kind: 'readyBy', minute: Number(hour) * 60 + Number(minute), offset: (sign === '-' ? -1 : 1) * (Number(ahead) * 60 + Number(half)) };
}

/** At least `value` rows; at most `valueExt`, where it is written. */
function volume({ property, value, valueExt, unit = 'rows' }: SlaProperty): RuleTest {
  const [least, most] = [value, valueExt].map((one) => (typeof one === 'number' || typeof one === 'string' ? Number(one) : Number.NaN));
  if (!/^(rows?|records?|count)$/i.test(unit)) return { kind: 'words', why: `the unit ${unit} is not counted in rows` };
  if (least === undefined || Number.isNaN(least)) return unsupported(`${property}: ${String(value)} is no number of rows`);
  const metric = { kind: 'rowCount' } as const;
  if (most === undefined || Number.isNaN(most))
    return { kind: 'metric', metric, unit: 'rows', threshold: { operator: 'mustBeGreaterOrEqualTo', value: least } };
  return { kind: 'metric', metric, unit: 'rows', threshold: { operator: 'mustBeBetween', value: [least, most] } };
}

function words(why: string): Level {
  return () => ({ kind: 'words', why });
}

function noDuration({ property, value, unit }: SlaProperty): string {
  return `${property}: ${String(value)}${unit === undefined ? ' without a unit' : ` ${unit}`} is no length of time, as 4 with the unit d`;
}

function unsupported(what: string): RuleTest {
  return { kind: 'unsupported', what };
}

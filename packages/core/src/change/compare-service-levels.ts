import type { SlaProperty } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { compileSla } from '../rule/compile-sla.ts';
import { parseDuration } from '../rule/duration.ts';
import { type Change, type ChangeKind, changeOf } from './change.ts';
import { days, type Order, orderTests, together } from './order-rules.ts';

const KINDS: Readonly<Record<Exclude<Order, 'same'>, ChangeKind>> = {
  tighter: 'service-level-tightened',
  looser: 'service-level-loosened',
  other: 'service-level-changed',
};

/** ODCS `slaProperties[]`, matched by id, else by what they promise and of which element. */
export function compareServiceLevels(before: readonly SlaProperty[], after: readonly SlaProperty[]): readonly Change[] {
  const [was, is] = [byKey(before), byKey(after)];
  const gone = [...was]
    .filter(([key]) => !is.has(key))
    .map(([, { level }]) =>
      changeOf('service-level-loosened', `${level.property} ${text(level)} is no longer promised`, { before: text(level), path: ['slaProperties'] }),
    );
  const kept = [...is].flatMap(([key, { level, index }]): readonly Change[] => {
    const path = ['slaProperties', index];
    const former = was.get(key)?.level;
    if (former === undefined) return [changeOf('service-level-tightened', `${level.property} ${text(level)} is promised now`, { after: text(level), path })];
    const order = orderLevels(former, level);
    if (order === 'same') return [];
    const message = `${level.property} is now ${text(level)}, before ${text(former)}`;
    return [changeOf(KINDS[order], message, { before: text(former), after: text(level), path })];
  });
  return [...gone, ...kept];
}

function byKey(levels: readonly SlaProperty[]) {
  const found = new Map<string, { readonly level: SlaProperty; readonly index: number }>();
  for (const [index, level] of levels.entries()) {
    const key = level.id ?? `${level.property.toLowerCase()} ${level.element ?? ''}`;
    let free = key;
    for (let again = 2; found.has(free); again++) free = `${key} ${again}`;
    found.set(free, { level, index });
  }
  return found;
}

/** What no table shows, and which way is more: ODCS "SLA", and its abbreviations. */
const MORE = /^(availability|av|uptime|throughput|th|retention|re|endofsupport|es|endoflife|el)$/;
const LESS = /^(errorrate|er|timeto\w+|td|tn|tr|generalavailability|ga)$/;

function orderLevels(before: SlaProperty, after: SlaProperty): Order {
  const promise = ({ property, value, valueExt, unit, element }: SlaProperty) => ({ property, value, valueExt, unit, element });
  if (sameValue(promise(before), promise(after))) return 'same';
  if (before.property !== after.property || before.element !== after.element) return 'other';
  const name = after.property.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (!MORE.test(name) && !LESS.test(name)) {
    const [one, other] = [testOf(before), testOf(after)];
    return one === undefined || other === undefined || one.kind === 'words' || one.kind === 'unsupported' ? 'other' : orderTests(one, other);
  }
  const [one, other] = [amount(before), amount(after)];
  if (one === undefined || other === undefined || !sameValue(before.valueExt, after.valueExt)) return 'other';
  if (one === other) return 'same';
  return together([other > one === MORE.test(name) ? 'tighter' : 'looser']);
}

function testOf(level: SlaProperty) {
  const { element: _, ...whole } = level;
  return compileSla(whole, { id: '', name: '', properties: [], quality: [] }, [])[0]?.test;
}

/** A length of time in days, a date, or a plain number where the unit stands in it. */
function amount({ value, unit }: SlaProperty): number | undefined {
  const length = parseDuration(value, unit);
  if (length !== undefined) return days(length);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) return Date.parse(value.slice(0, 10)) / 86_400_000;
  const number = typeof value === 'string' ? Number(value.replace(/%$/, '')) : typeof value === 'number' ? value : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

function text({ value, valueExt, unit, element }: SlaProperty): string {
  const parts = [value, valueExt].filter((part) => part !== undefined).map(String);
  return [...parts, unit, element === undefined ? undefined : `of ${element}`].filter((part) => part !== undefined).join(' ');
}

import type { SchemaProperty } from '../contract/contract.ts';
import { restrictedClassifications } from '../contract/parse-roles.ts';
import { sameValue } from '../document/same-value.ts';
import { customProperties } from '../rule/custom-properties.ts';
import { type Change, type ChangePlace, changeOf } from './change.ts';

/** What a value means beyond its type: another one reads well and is wrong. */
export function compareMeaning(before: SchemaProperty, after: SchemaProperty, place: ChangePlace): readonly Change[] {
  const [one, other] = [meaningOf(before), meaningOf(after)];
  const parts = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((part) => !sameValue(one[part], other[part]));
  const meant = parts.map((part): Change => {
    const [from, to] = [one[part], other[part]].map(shown);
    const told = { ...place, ...(from !== undefined && { before: `${part} ${from}` }), ...(to !== undefined && { after: `${part} ${to}` }) };
    if (from === undefined) return changeOf('meaning-stated', `column ${place.column} states its ${part}: ${to}`, told);
    const message =
      to === undefined ? `column ${place.column} no longer states its ${part}, ${from}` : `column ${place.column} changed its ${part} from ${from} to ${to}`;
    return changeOf('meaning-changed', message, told);
  });
  return [...meant, ...compareClassification(before, after, place), ...compareWords(before, after, place)];
}

/** Options of the type that say how a value is to be read, and custom properties that say of what it is. */
const OPTIONS = ['defaultTimezone', 'distanceMetric', 'embeddingModel', 'embeddingModelVersion', 'normalized'];
const CUSTOM = ['unit', 'currency', 'timezone', 'timeZone'];

function meaningOf(property: SchemaProperty): Readonly<Record<string, unknown>> {
  const custom = customProperties(property.customProperties);
  const { logicalTypeOptions: options, definitions, calculated, formula } = property;
  const stated = [
    ...OPTIONS.map((name) => [name === 'defaultTimezone' ? 'time zone' : name, options[name]] as const),
    ...CUSTOM.map((name) => [name.toLowerCase() === 'timezone' ? 'time zone' : name, custom[name]] as const),
    ['definition', definitions === undefined ? undefined : [...definitions].toSorted()] as const,
    ['calculation', calculated] as const,
    ['formula', formula] as const,
  ];
  return Object.fromEntries(stated.filter(([, value]) => value !== undefined));
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function compareClassification(before: SchemaProperty, after: SchemaProperty, place: ChangePlace): readonly Change[] {
  const [from, to] = [before.classification?.toLowerCase(), after.classification?.toLowerCase()];
  if (from === to) return [];
  const isLowered = to === undefined || (!restrictedClassifications.has(to) && (from === undefined || restrictedClassifications.has(from) || OPEN.has(to)));
  const path = [...place.path, 'classification'];
  const told = { ...place, path, ...(from !== undefined && { before: from }), ...(to !== undefined && { after: to }) };
  return [
    changeOf(
      isLowered ? 'classification-lowered' : 'classification-raised',
      `column ${place.column} is classified ${to ?? 'no more'}${from === undefined ? '' : `, and was ${from}`}`,
      told,
    ),
  ];
}

const OPEN = new Set(['public', 'open']);

function compareWords(before: SchemaProperty, after: SchemaProperty, place: ChangePlace): readonly Change[] {
  const tags = (property: SchemaProperty) => [...property.tags].toSorted();
  const parts = [before.description !== after.description && 'description', !sameValue(tags(before), tags(after)) && 'tags'].filter((part) => part !== false);
  return parts.length === 0
    ? []
    : [changeOf('words-changed', `column ${place.column} has another ${parts.join(' and ')}`, { ...place, path: [...place.path, parts[0] ?? ''] })];
}

import type { Contract, SchemaObject, SchemaProperty } from '../contract/contract.ts';

/**
 * A contract with the names that another version gave to the same ids, also where rules mention them: what differs still is
 * no rename. A new part whose name another part had is called `<name> (new)`.
 */
export function alignNames(before: Contract, after: Contract): Contract {
  const names = new Map<string, string>();
  const objects = after.objects.map((object) => {
    const former = before.objects.find(({ id }) => id === object.id);
    if (former !== undefined) rename(names, object.name, former.name);
    return former === undefined ? object : { ...object, name: former.name, properties: alignProperties(former.properties, object.properties, names) };
  });
  if (names.size === 0) return { ...after, objects };
  const word = mentions(names);
  const speak = (object: SchemaObject): SchemaObject => ({ ...reword(object, word), properties: object.properties.map((each) => rewordProperty(each, word)) });
  return {
    ...after,
    objects: objects.map(speak),
    sla: after.sla.map((level) => ({ ...level, ...(level.element !== undefined && { element: word(level.element) }) })),
  };
}

function rename(names: Map<string, string>, from: string, to: string): void {
  if (from !== to) names.set(from, to);
}

function alignProperties(before: readonly SchemaProperty[], after: readonly SchemaProperty[], names: Map<string, string>): readonly SchemaProperty[] {
  const taken = new Set(before.map(({ name }) => name));
  const byId = new Map(before.map((property) => [property.id, property]));
  return after.map((property) => {
    const former = byId.get(property.id);
    const name = former?.name ?? (taken.has(property.name) ? `${property.name} (new)` : property.name);
    rename(names, property.name, name);
    return { ...property, name, ...alignParts(former, property, names) };
  });
}

function alignParts(before: SchemaProperty | undefined, after: SchemaProperty, names: Map<string, string>): Partial<SchemaProperty> {
  if (before === undefined) return {};
  const part = (key: 'items' | 'keys' | 'values') => {
    const [one, other] = [before[key], after[key]];
    return other === undefined ? {} : { [key]: { ...other, ...alignParts(one, other, names) } };
  };
  return { properties: alignProperties(before.properties, after.properties, names), ...part('items'), ...part('keys'), ...part('values') };
}

type Reword = (text: string) => string;

function mentions(names: ReadonlyMap<string, string>): Reword {
  const escaped = [...names.keys()].toSorted((a, b) => b.length - a.length).map((name) => name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${escaped.join('|')})(?![\p{L}\p{N}_])`, 'gu');
  return (text) => text.replace(pattern, (name) => names.get(name) ?? name);
}

function rewordProperty(property: SchemaProperty, word: Reword): SchemaProperty {
  const { items, keys, values, logicalTypeOptions } = property;
  const { required } = logicalTypeOptions;
  return {
    ...reword(property, word),
    ...(required !== undefined && { logicalTypeOptions: { ...logicalTypeOptions, required: deep(required, word) } }),
    properties: property.properties.map((each) => rewordProperty(each, word)),
    ...(items !== undefined && { items: rewordProperty(items, word) }),
    ...(keys !== undefined && { keys: rewordProperty(keys, word) }),
    ...(values !== undefined && { values: rewordProperty(values, word) }),
  };
}

function reword<Part extends Pick<SchemaProperty, 'quality' | 'relationships' | 'customProperties'>>(part: Part, word: Reword): Part {
  const { quality, relationships, customProperties } = part;
  return {
    ...part,
    quality: quality.map((rule) => ({
      ...rule,
      written: Object.fromEntries(Object.entries(rule.written).map(([key, value]) => [key, LABELS.has(key) ? value : deep(value, word)])),
    })),
    ...(relationships !== undefined && { relationships: relationships.map((each) => deep(each, word)) }),
    ...(customProperties !== undefined && { customProperties: customProperties.map((each) => deep(each, word)) }),
  };
}

/** Parts of a rule that name it, and mention nothing. */
const LABELS: ReadonlySet<string> = new Set(['id', 'name', 'description', 'metric', 'rule', 'type', 'dimension', 'severity', 'unit']);

function deep(value: unknown, word: Reword): unknown {
  if (typeof value === 'string') return word(value);
  if (Array.isArray(value)) return value.map((each: unknown) => deep(each, word));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) => [key, deep(each, word)]));
}

import type { SchemaProperty } from '../contract/contract.ts';
import { sameValue } from '../document/same-value.ts';
import { wantedType } from '../table/contract-columns.ts';
import { parsePhysicalType } from '../table/physical-type.ts';
import { formatType, type WantedType } from '../table/wanted-type.ts';

/** The type as the contract writes it. */
export function typeText(property: SchemaProperty): string {
  if (property.physicalType !== undefined) return property.physicalType;
  const type = wantedType(property);
  return type !== undefined && !type.loose && type.kind === 'decimal' ? formatType(type) : (property.logicalType ?? 'no type');
}

/** How the type of a column changed, without that of its fields, which are compared by their ids. */
export function compareTypes(before: SchemaProperty, after: SchemaProperty): 'type-changed' | 'type-widened' | undefined {
  if (before.logicalType !== after.logicalType) return 'type-changed';
  const [one, other] = [ownType(before), ownType(after)];
  const written = [before, after].map(({ physicalType }) => physicalType?.toUpperCase());
  if (written[0] === written[1] && sameValue(one, other)) return compareElements(before, after);
  if (one === undefined || other === undefined || (written[0] === undefined) !== (written[1] === undefined)) return 'type-changed';
  return widest([order(one, other), compareElements(before, after)]);
}

function ownType(property: SchemaProperty): WantedType | undefined {
  const nested = property.properties.length > 0 || property.items !== undefined || property.values !== undefined;
  if (nested) return property.physicalType === undefined ? undefined : parsePhysicalType(property.physicalType);
  return property.physicalType === undefined ? wantedType(property) : parsePhysicalType(property.physicalType) && wantedType(property);
}

function compareElements(before: SchemaProperty, after: SchemaProperty): ReturnType<typeof compareTypes> {
  const parts = (['items', 'keys', 'values'] as const).map((part) => {
    const [one, other] = [before[part], after[part]];
    if (one === undefined || other === undefined) return one === other ? undefined : 'type-changed';
    return compareTypes(one, other);
  });
  return widest(parts);
}

function widest(parts: readonly ReturnType<typeof compareTypes>[]): ReturnType<typeof compareTypes> {
  if (parts.includes('type-changed')) return 'type-changed';
  return parts.includes('type-widened') ? 'type-widened' : undefined;
}

/** Iceberg's promotions (table spec, "Schema Evolution"), after which every value reads as before; a struct may gain fields. */
function order(from: WantedType, to: WantedType): ReturnType<typeof compareTypes> {
  if (sameValue(plain(from), plain(to))) return undefined;
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.scale === to.scale && from.precision < to.precision ? 'type-widened' : 'type-changed';
  if ((from.kind === 'int' && to.kind === 'long') || (from.kind === 'float' && to.kind === 'double')) return 'type-widened';
  if (from.kind === 'list' && to.kind === 'list') return order(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return widest([order(from.key, to.key), order(from.value, to.value)]);
  if (from.kind !== 'struct' || to.kind !== 'struct') return 'type-changed';
  const kept = from.fields.map(({ name, type }) => {
    const field = to.fields.find((other) => other.name.toLowerCase() === name.toLowerCase());
    return field === undefined ? 'type-changed' : order(type, field.type);
  });
  return widest([...kept, to.fields.length > from.fields.length ? 'type-widened' : undefined]);
}

function plain(type: WantedType): WantedType {
  if (type.kind === 'list') return { kind: 'list', element: plain(type.element) };
  if (type.kind === 'map') return { kind: 'map', key: plain(type.key), value: plain(type.value) };
  if (type.kind === 'struct')
    return {
      kind: 'struct',
      fields: type.fields.map((field) => ({ ...field, key: field.name, type: plain(field.type) })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
  if (type.kind === 'decimal') return { kind: 'decimal', precision: type.precision, scale: type.scale };
  return { kind: type.kind };
}

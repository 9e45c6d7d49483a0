import type { ColumnType } from './column.ts';

const wider: Readonly<Record<string, string>> = { int: 'long', float: 'double' };

/**
 * True where files written with `from` can be read as `to`: equal types, or Iceberg's promotions (table spec, "Schema
 * Evolution": int to long, float to double, more decimal digits), at any depth, fields matched by id.
 */
export function canPromote(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.scale === to.scale && from.precision <= to.precision;
  if (from.kind === 'list' && to.kind === 'list') return from.elementId === to.elementId && canPromote(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') {
    const sameIds = from.keyId === to.keyId && from.valueId === to.valueId;
    return sameIds && canPromote(from.key, to.key) && canPromote(from.value, to.value);
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    const before = new Map(from.fields.map((field) => [field.id, field.type]));
    return to.fields.every(({ id, type }) => canPromote(before.get(id) ?? type, type));
  }
  return from.kind === to.kind || wider[from.kind] === to.kind;
}

import type { ColumnType } from '../table/column.ts';
import type { Field } from './dialect.ts';

/**
 * What tells the named columns from others that had their names: their field ids, at every depth. A column that was dropped and
 * made anew reads as null in older files, so what was counted there of its namesake must not count.
 */
export function columnStamp(names: readonly string[], columns: ReadonlyMap<string, readonly Field[]>): string {
  const ids = names.flatMap((name) => (columns.get(name) ?? []).flatMap(({ id, type }) => (id === undefined ? [] : [id].concat(idsIn(type)))));
  return ids.length === 0 ? '' : `#${ids.join('.')}`;
}

function idsIn(type: ColumnType): readonly number[] {
  switch (type.kind) {
    case 'list':
      return [type.elementId, ...idsIn(type.element)];
    case 'map':
      return [type.keyId, ...idsIn(type.key), type.valueId, ...idsIn(type.value)];
    case 'struct':
      return type.fields.flatMap((field) => [field.id].concat(idsIn(field.type)));
    default:
      return [];
  }
}

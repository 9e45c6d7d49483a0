import { acceptsType } from './accepts-type.ts';
import type { ColumnType } from './column.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

/**
 * The type to write for a promised type and the one that the build gives: the promised one, the given one where the
 * contract names only the logical type or where the given one breaks the promise (its rule then says so). Where both are
 * free to choose, the type that older files have, if it holds what is given.
 */
export function settleType(wanted: WantedType, found: ColumnType, older?: ColumnType): WantedType {
  if (!acceptsType(wanted, found)) return withoutIds(found);
  if (wanted.kind === 'list' && found.kind === 'list') return { kind: 'list', element: settleType(wanted.element, found.element) };
  if (wanted.kind === 'map' && found.kind === 'map') {
    return { kind: 'map', key: settleType(wanted.key, found.key), value: settleType(wanted.value, found.value) };
  }
  if (wanted.kind === 'struct' && found.kind === 'struct')
    return { kind: 'struct', fields: wanted.fields.flatMap((field) => settleField(field, found.fields)) };
  if (wanted.loose !== true) return wanted;
  return older !== undefined && holds(older, found) ? withoutIds(older) : withoutIds(found);
}

/** As `number` holds an integer: the families of logical types say so. */
function holds(older: ColumnType, found: ColumnType): boolean {
  const isPlain = older.kind === 'long' || older.kind === 'double' || older.kind === 'string';
  return isPlain && acceptsType({ kind: older.kind, loose: true }, found);
}

function settleField(field: WantedField, found: readonly { readonly name: string; readonly type: ColumnType }[]): readonly WantedField[] {
  const other = found.find(({ name }) => name === field.name);
  return other === undefined ? [] : [{ ...field, required: false, type: settleType(field.type, other.type) }];
}

function withoutIds(type: ColumnType): WantedType {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', element: withoutIds(type.element) };
    case 'map':
      return { kind: 'map', key: withoutIds(type.key), value: withoutIds(type.value) };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => ({ key: field.name, name: field.name, type: withoutIds(field.type), required: false })) };
    default:
      return type;
  }
}

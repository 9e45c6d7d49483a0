import { actionsById, restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import { type ColumnAction, isUnrestricted, type Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import type { Footer, RootField } from '../parquet/footer.ts';

/** What a request means for one data file. */
export interface SlicePlan {
  readonly columns: readonly Column[];
  readonly restriction: Restriction;
  /** The part of the restriction that this file's content depends on, and the columns it depends on. */
  readonly narrowed: { readonly restriction: Restriction; readonly columns: readonly Column[] };
  /** Ids of the top-level columns that the slice holds; one left out reads as null, of whatever type a reader thinks it is. */
  readonly shown: ReadonlySet<number>;
}

/**
 * Narrows a request to what the data file holds, so that a column added later changes no slice of it. Undefined where
 * the file itself is the answer: nothing is restricted, and it holds no column beside those of the table. A column that the
 * file lacks is null in all its rows, and a fixed value stands there too.
 */
export function planSlice({ fields }: Pick<Footer, 'fields'>, columns: readonly Column[], restriction: Restriction): SlicePlan | undefined {
  const found = new Set(fields.flatMap(({ ids }) => ids));
  const actions = restriction.columns.filter(({ column, action }) => found.has(column) || action.kind === 'fixed');
  const narrowed: Restriction = { columns: actions, ...(restriction.rows !== undefined && { rows: restriction.rows }) };
  if (isUnrestricted(narrowed) && fields.every((field) => isCovered(field, columns))) return undefined;
  const held = new Set([...found, ...actions.map(({ column }) => column)]);
  const concerned = columns.filter((column) => [...columnIds(column)].some((id) => held.has(id)));
  const visible = restrictedColumns(columns, restriction).map(({ id }) => id);
  const there = visible.filter((id) => held.has(id));
  return { columns, restriction, narrowed: { restriction: narrowed, columns: concerned }, shown: new Set(there.length > 0 ? there : visible) };
}

/** Where each column of a slice without a row filter comes from. */
export type ColumnOrigin =
  { readonly kind: 'copied'; readonly column: Column; readonly field: RootField } | { readonly kind: 'computed'; readonly column: Column };

export function columnOrigins(fields: readonly RootField[], { columns, narrowed, shown }: SlicePlan): readonly ColumnOrigin[] {
  const actions = actionsById(narrowed.restriction);
  return columns.flatMap((column): readonly ColumnOrigin[] => {
    const action = actions.get(column.id);
    if (!shown.has(column.id) || action?.kind === 'null') return [];
    const field = fields.find(({ id }) => id === column.id);
    if (field === undefined) return action === undefined ? [] : [{ kind: 'computed', column }];
    return isActedOn(column, actions) || !isCovered(field, [column]) ? [{ kind: 'computed', column }] : [{ kind: 'copied', column, field }];
  });
}

function isActedOn(column: Column, actions: ReadonlyMap<number, ColumnAction>): boolean {
  return [...columnIds(column)].some((id) => actions.has(id));
}

/** False where the file has a part that the table no longer has, or that has no id to know it by. */
function isCovered(field: RootField, columns: readonly Column[]): boolean {
  const column = columns.find(({ id }) => id === field.id);
  if (column === undefined) return false;
  const ids = columnIds(column);
  return field.ids.every((id) => ids.has(id));
}

function columnIds({ id, type }: Column): ReadonlySet<number> {
  return new Set([id, ...typeIds(type)]);
}

function typeIds(type: ColumnType): readonly number[] {
  switch (type.kind) {
    case 'list':
      return [type.elementId, ...typeIds(type.element)];
    case 'map':
      return [type.keyId, ...typeIds(type.key), type.valueId, ...typeIds(type.value)];
    case 'struct':
      return type.fields.flatMap((field) => [...columnIds(field)]);
    default:
      return [];
  }
}

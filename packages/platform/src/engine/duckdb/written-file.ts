import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import type { ColumnStatistics } from '../engine.ts';

/** DuckDB cuts longer texts when it writes their bounds, and does not say so. */
const exactBoundBytes = 240;

/** What `COPY ... RETURN_STATS` says of one column, as text. */
export type RawStatistics = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Leaf {
  readonly id: number;
  readonly kind: ColumnType['kind'];
  readonly path: string;
}

/** The statistics of each leaf column by field id. Bounds that may be inexact are left out; NaN leaves no bounds. */
export function columnStatistics(columns: readonly Column[], raw: RawStatistics): readonly ColumnStatistics[] {
  return leaves(columns, []).flatMap((leaf) => {
    const found = raw.get(leaf.path);
    return found === undefined ? [] : [leafStatistics(leaf, found)];
  });
}

function leafStatistics({ id, kind }: Leaf, found: ReadonlyMap<string, string>): ColumnStatistics {
  const nulls = found.get('null_count');
  const values = found.get('num_values');
  const hasNan = found.get('has_nan') === 'true';
  const min = hasNan ? undefined : bound(kind, found.get('min'));
  const max = hasNan ? undefined : bound(kind, found.get('max'));
  return {
    columnId: id,
    bytes: Number(found.get('column_size_bytes') ?? 0),
    ...(nulls === undefined ? {} : { nulls: Number(nulls) }),
    ...(values === undefined ? {} : { values: Number(values) }),
    ...(found.get('has_nan') === 'false' ? { nans: 0 } : {}),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

function bound(kind: ColumnType['kind'], text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  switch (kind) {
    case 'boolean':
      return text === '1' ? 'true' : 'false';
    case 'string':
      return Buffer.byteLength(text) < exactBoundBytes ? text : undefined;
    case 'binary':
      return text.length / 2 < exactBoundBytes ? text : undefined;
    default:
      return text;
  }
}

function leaves(columns: readonly Column[], above: readonly string[]): readonly Leaf[] {
  return columns.flatMap(({ id, name, type }) => leavesOf(id, type, [...above, name]));
}

function leavesOf(id: number, type: ColumnType, path: readonly string[]): readonly Leaf[] {
  switch (type.kind) {
    case 'list':
      return leavesOf(type.elementId, type.element, [...path, 'element']);
    case 'map':
      return [...leavesOf(type.keyId, type.key, [...path, 'key']), ...leavesOf(type.valueId, type.value, [...path, 'value'])];
    case 'struct':
      return leaves(type.fields, path);
    default:
      return [{ id, kind: type.kind, path: path.map(quoteName).join('.') }];
  }
}

import type { Column } from '@hanse/core/table/column.ts';
import type { ColumnStatistics } from '../engine/engine.ts';
import { decodeBound, encodeBound } from './bound.ts';
import type { FileEntry, ManifestEntry } from './manifest.ts';
import { walkFields } from './schema.ts';

/** A sealed Parquet file to be added; statistics as the engine gave them when it wrote the file. */
export interface NewDataFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly statistics: readonly ColumnStatistics[];
}

/** A data file of a snapshot. The same name twice means its rows twice. */
export interface DataFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly ColumnBounds[];
  /** The sequence number of the commit that brought its rows. */
  readonly sequence: number;
  readonly snapshotId: string;
}

/** What is known of one column in one file. Bounds hold all values but need not occur: long strings are cut. */
export interface ColumnBounds {
  readonly columnId: number;
  readonly bytes?: number;
  readonly values?: number;
  readonly nulls?: number;
  readonly nans?: number;
  readonly lower?: string;
  readonly upper?: string;
}

/** Describes a new file for a manifest. Fields inside lists and maps get sizes only, as other writers do. */
export function fileEntry(file: NewDataFile, uri: string, columns: readonly Column[]): FileEntry {
  const fields = new Map(Array.from(walkFields(columns), (field) => [field.id, field] as const));
  const known = file.statistics.filter(({ columnId }) => fields.get(columnId)?.repeated === false);
  const bounds = (side: 'lower' | 'upper') =>
    mapOf(known, ({ columnId, min, max }) => {
      const type = fields.get(columnId)?.type;
      const text = side === 'lower' ? min : max;
      return type === undefined || text === undefined ? undefined : encodeBound(type, text, side);
    });
  return {
    uri,
    format: 'PARQUET',
    rows: file.rows,
    bytes: file.bytes,
    columnBytes: mapOf(file.statistics.filter(({ columnId }) => fields.has(columnId)), (column) => column.bytes),
    values: mapOf(known, () => file.rows),
    nulls: mapOf(known, (column) => column.nulls),
    nans: mapOf(known, (column) => column.nans),
    lower: bounds('lower'),
    upper: bounds('upper'),
  };
}

function mapOf<T>(statistics: readonly ColumnStatistics[], value: (column: ColumnStatistics) => T | undefined): ReadonlyMap<number, T> {
  const map = new Map<number, T>();
  for (const column of statistics) {
    const found = value(column);
    if (found !== undefined) map.set(column.columnId, found);
  }
  return map;
}

/** Describes a manifest's entry under its name, with the bounds of these columns as text. */
export function dataFile({ file, sequence, snapshotId }: ManifestEntry, name: string, columns: readonly Column[]): DataFile {
  return {
    name,
    rows: file.rows,
    bytes: file.bytes,
    sequence,
    snapshotId,
    columns: Array.from(walkFields(columns), ({ id, type }) => {
      const bound = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : decodeBound(type, bytes));
      return defined({
        columnId: id,
        bytes: file.columnBytes?.get(id),
        values: file.values?.get(id),
        nulls: file.nulls?.get(id),
        nans: file.nans?.get(id),
        lower: bound(file.lower?.get(id)),
        upper: bound(file.upper?.get(id)),
      });
    }),
  };
}

type Sparse = { readonly [Key in keyof ColumnBounds]: ColumnBounds[Key] | undefined } & { readonly columnId: number };

function defined({ columnId, bytes, values, nulls, nans, lower, upper }: Sparse): ColumnBounds {
  return {
    columnId,
    ...(bytes !== undefined && { bytes }),
    ...(values !== undefined && { values }),
    ...(nulls !== undefined && { nulls }),
    ...(nans !== undefined && { nans }),
    ...(lower !== undefined && { lower }),
    ...(upper !== undefined && { upper }),
  };
}

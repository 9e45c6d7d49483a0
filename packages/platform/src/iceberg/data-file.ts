import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import type { ColumnStatistics } from '../engine/engine.ts';
import { decodeBound, encodeBound } from './bound.ts';
import type { FileEntry, ManifestEntry } from './manifest.ts';
import { type Field, walkFields } from './schema.ts';

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
    columnBytes: mapOf(
      file.statistics.filter(({ columnId }) => fields.has(columnId)),
      (column) => column.bytes,
    ),
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

/** Describes a manifest's entry under its name, with the bounds of these fields as text. */
export function dataFile({ file, sequence, snapshotId }: ManifestEntry, name: string, fields: readonly Field[]): DataFile {
  const columns = fields.map((field) => columnBounds(file, field));
  return { name, rows: file.rows, bytes: file.bytes, columns, sequence, snapshotId };
}

function columnBounds(file: FileEntry, { id, type }: Field): ColumnBounds {
  const bounds: { -readonly [Key in keyof ColumnBounds]: ColumnBounds[Key] } = { columnId: id };
  const [bytes, values, nulls, nans] = [file.columnBytes?.get(id), file.values?.get(id), file.nulls?.get(id), file.nans?.get(id)];
  const [lower, upper] = [decoded(type, file.lower?.get(id)), decoded(type, file.upper?.get(id))];
  if (bytes !== undefined) bounds.bytes = bytes;
  if (values !== undefined) bounds.values = values;
  if (nulls !== undefined) bounds.nulls = nulls;
  if (nans !== undefined) bounds.nans = nans;
  if (lower !== undefined) bounds.lower = lower;
  if (upper !== undefined) bounds.upper = upper;
  return bounds;
}

function decoded(type: ColumnType, bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : decodeBound(type, bytes);
}

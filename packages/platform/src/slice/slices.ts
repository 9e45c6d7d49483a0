import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import type { Column } from '@hanse/core/table/column.ts';

/** What a restriction leaves of one data file. `columns` are the table's: what they do not list, no slice shows. */
export interface SliceRequest {
  /** The data file's name in `Files`. */
  readonly file: string;
  readonly columns: readonly Column[];
  /** Bound to `columns`. */
  readonly restriction: Restriction;
  readonly signal?: AbortSignal;
}

/**
 * A file to read through `restrictedColumns(columns, restriction)`: by field id, absent reads as null. It stays where it
 * is until disposed.
 */
export interface Slice extends Disposable {
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** How it was made just now; false where it lay ready or is the data file itself. */
  readonly built: false | 'splice' | 'rewrite';
}

export interface PrepareRequest {
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  readonly restrictions: readonly Restriction[];
  readonly signal?: AbortSignal;
}

/**
 * Slices of data files: a cache, where equal restrictions share a file. Built once by whoever comes first, evicted by a
 * byte budget, the least recently used first, never one in use by this process.
 * Errors of the builder are `ExternalError` without the engine's words, which could hold hidden values.
 */
export interface Slices {
  slice(request: SliceRequest): Promise<Slice>;
  /** Makes slices ahead of their first reader. Returns how many were made; the rest lay ready. */
  prepare(request: PrepareRequest): Promise<number>;
  /** Removes the slices of a data file; for when it is removed itself. */
  forget(file: string): Promise<void>;
  /** Reads every kept slice whole; a damaged one is removed, made again when it is next wanted, and reported. */
  verify(): Promise<readonly Finding[]>;
}

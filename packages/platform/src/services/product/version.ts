import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { BuildMode, BuildObject, Level } from '@hanse/core/product/build-file.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Relation, TableShape, WrittenFile } from '../../engine/engine.ts';
import type { Staged } from '../../files/files.ts';
import type { DataFile, NewDataFile } from '../../iceberg/data-file.ts';
import type { Table } from '../../iceberg/table.ts';
import type { Platform } from '../platform.ts';
import type { Cursor, VersionedHead } from '../table/table-head.ts';

/** The columns a version has, with their Iceberg field ids and the contract's property ids by field id. */
export interface SettledColumns {
  readonly columns: readonly Column[];
  readonly keys: Readonly<Record<string, string>>;
}

/** A candidate version: sealed, and seen by nobody. */
export interface Candidate extends SettledColumns {
  readonly added: readonly NewDataFile[];
  /** Data files of the version before that stay. */
  readonly kept: readonly DataFile[];
  readonly cursor?: Cursor;
  /** What the SELECT read, with the columns that its sources turned out to have. */
  readonly inputs: readonly TableShape[];
}

export interface VersionRequest {
  readonly table: ServedTable;
  readonly object: BuildObject;
  readonly level: Level;
  /** The build's SELECT and the relations that it names. */
  readonly sql: string;
  readonly relations: readonly Relation[];
  /** What the SELECT is to the version before: all of it, rows to add, or rows to replace by key. */
  readonly mode: BuildMode;
  readonly previous?: PreviousVersion;
  readonly signal?: AbortSignal;
  readonly progress: (done: number) => void;
}

export interface PreviousVersion {
  readonly head: VersionedHead;
  readonly table: Table;
  readonly files: readonly DataFile[];
}

/**
 * What a build's SELECT is to the version before. Rows are added or replaced only where that is known: everything is
 * written anew without a version before, by force, or where the cursor is another than the one it was written by.
 */
export function modeOf(
  table: ServedTable,
  { object, force }: { readonly object: BuildObject; readonly force: boolean },
  previous: PreviousVersion | undefined,
): BuildMode {
  // No made-up row stays beside data.
  if (force || previous === undefined || previous.head.samples !== undefined) return 'full';
  if (object.mode !== 'append' || object.cursor === undefined) return object.mode;
  const { cursor, keys } = previous.head;
  const property = table.object.properties.find(({ name }) => name === object.cursor);
  return cursor !== undefined && property !== undefined && keys[cursor.columnId] === property.id ? 'append' : 'full';
}

export type VersionNeeds = Pick<Platform, 'engine' | 'files' | 'limits' | 'onStep'>;

/** Seals a staged data file for good. */
export async function sealData(platform: Pick<Platform, 'files' | 'onStep'>, staged: Staged, written: WrittenFile): Promise<NewDataFile> {
  const sealed = await platform.files.seal(staged);
  platform.onStep?.('sealed');
  return { name: sealed.name, rows: written.rows, bytes: sealed.bytes, statistics: written.statistics };
}

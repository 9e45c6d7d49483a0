import type { JsonObject } from '@hanse/core/document/document.ts';
import type { TableMeasures } from '@hanse/core/rule/measure.ts';
import type { ColumnLineage } from '@hanse/core/lineage/column-lineage.ts';
import type { CheckAnswer } from '@hanse/core/api/shapes.ts';
import type { Platform } from '../platform.ts';
import type { PastChecks } from '../product/past-checks.ts';
import { bodyOf, storedValue } from '../mesh/stored-value.ts';

/** What is published of a table: where its Iceberg metadata is, and all that was committed together with it. */
export interface TableHead {
  /** Name of the Iceberg metadata file in `Files`. */
  readonly metadata: string;
  readonly snapshot: string;
  /** Whose data it is: another domain that takes the contract's id later does not inherit it. */
  readonly domain: string;
  readonly contractVersion: string;
  readonly state: 'holds' | 'breached';
  readonly rows: number;
  readonly publishedAt: string;
  readonly runId: string;
  /** Property ids (ODCS) by Iceberg field id. */
  readonly keys: Readonly<Record<string, string>>;
  /** What the build was made of: equal text, equal result. */
  readonly fingerprint: string;
  /** Where each source goes on, by its name in build.yaml. */
  readonly positions: Readonly<Record<string, JsonObject>>;
  /** Where append goes on. */
  readonly cursor?: Cursor;
  readonly lineage: ColumnLineage;
  /** Tables whose made-up rows the version stands on; absent where it stands on data alone. */
  readonly samples?: readonly string[];
}

/** The greatest value of a column that only grows, as text. */
export interface Cursor {
  readonly columnId: number;
  readonly value: string;
}

/** Checks of the published snapshot, and the measures of each data file that the next append goes on from. */
export interface TableChecks extends PastChecks {
  readonly runId: string;
  readonly snapshot: string;
  readonly at: string;
  readonly checks: readonly CheckAnswer[];
  /** The checks as a message of OORS. */
  readonly report: JsonObject;
  readonly measures: TableMeasures;
}

export interface VersionedHead extends TableHead {
  readonly version: number;
}

export async function readHead(platform: Pick<Platform, 'store'>, tableId: string, asOf?: number): Promise<VersionedHead | undefined> {
  const document = await platform.store.read({ kind: 'table', id: tableId }, asOf);
  return document === undefined ? undefined : { ...storedValue<TableHead>(document), version: document.version };
}

export async function readChecks(platform: Pick<Platform, 'store'>, tableId: string): Promise<TableChecks | undefined> {
  const document = await platform.store.read({ kind: 'checks', id: tableId });
  return document === undefined ? undefined : storedValue<TableChecks>(document);
}

export const headBody = (head: TableHead): JsonObject => bodyOf(head);
export const checksBody = (checks: TableChecks): JsonObject => bodyOf(checks);

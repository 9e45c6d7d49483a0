import { columnsInForce, restrictionOn } from '@hanse/core/contract/columns-in-force.ts';
import type { Provenance } from '@hanse/core/api/shapes.ts';
import { pinnedName, tableRef } from '@hanse/core/mesh/served-table.ts';
import { bindRestriction } from '@hanse/core/restriction/bind-restriction.ts';
import { restrictedColumns } from '@hanse/core/restriction/restricted-columns.ts';
import { isUnrestricted, type Restriction } from '@hanse/core/restriction/restriction.ts';
import { restrictionKey } from '@hanse/core/restriction/restriction-key.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Platform } from '../platform.ts';
import { readHead, type VersionedHead } from '../table/table-head.ts';
import type { GrantedTable } from './grant-tables.ts';

/** A granted table as a relation over its slices; they stay until it is disposed. */
export interface OpenedSlice extends Disposable {
  readonly granted: GrantedTable;
  readonly relation: Relation;
  readonly provenance: Provenance;
  /** Columns that the role takes away, by name. */
  readonly hidden: readonly string[];
  /** Names what the relation holds: equal text, equal rows. */
  readonly identity: string;
  readonly slicesBuilt: number;
}

export interface SliceOptions {
  readonly signal?: AbortSignal;
  /** The log number at which the table's head is read; now where absent. */
  readonly asOf?: number;
}

type Needs = Pick<Platform, 'store' | 'slices' | 'tables'>;

/** Opens the slices of the published snapshot that a grant gives. */
export async function openSlice(platform: Needs, granted: GrantedTable, { signal, asOf }: SliceOptions = {}): Promise<OpenedSlice> {
  const { table, role, agreement, name } = granted;
  const head = await readHead(platform, table.id, asOf);
  if (head === undefined && asOf !== undefined)
    throw new UserError('missing', `${table.domain}.${table.name} was not published yet at log number ${asOf}`, 'Ask as of a later moment.');
  if (head === undefined) throw new UserError('missing', `${table.domain}.${table.name} has not been published yet`, whereToRead(granted));
  // Today's metadata knows the snapshots of the past that are retained; the metadata of then may have been collected.
  const today = asOf === undefined ? head : await readHead(platform, table.id);
  const published = await platform.tables.read(today?.metadata ?? head.metadata);
  const columns = columnsInForce(published.columnsAt(head.snapshot), head.keys, table.object);
  const restriction = bindRole(granted, columns);
  const files = await published.dataFiles(head.snapshot);
  const slices = await Promise.all(
    files.map((file) => platform.slices.slice({ file: file.name, columns, restriction, ...(signal !== undefined && { signal }) })),
  );
  const visible = restrictedColumns(columns, restriction);
  const built = slices.filter((slice) => slice.built !== false).length;
  return {
    granted,
    relation: { schema: name.schema, name: name.name, format: 'parquet', files: slices.map(({ path }) => path), columns: visible },
    provenance: {
      table: pinnedName(table),
      product: `${table.domain}/${table.product.name}`,
      version: table.contract.version,
      snapshot: head.snapshot,
      role: role.name,
      agreement: agreement?.id ?? null,
      contractState: head.state,
      ...(head.samples !== undefined && { samples: [...head.samples] }),
      slice: isUnrestricted(restriction) ? 'whole' : built > 0 ? 'built' : 'kept',
    },
    hidden: columns.filter((column) => !visible.some(({ id }) => id === column.id)).map((column) => column.name),
    identity: identityOf(head, table.id, restriction),
    slicesBuilt: built,
    [Symbol.dispose]: () => {
      for (const slice of slices) slice[Symbol.dispose]();
    },
  };
}

function identityOf(head: VersionedHead, tableId: string, restriction: Restriction): string {
  return `${tableId}@${head.snapshot} ${restrictionKey(restriction)}`;
}

/** A role that cannot be applied whole to what is published opens nothing. */
export function bindRole({ table, role }: Pick<GrantedTable, 'table' | 'role'>, columns: readonly Column[]): Restriction {
  const bound = bindRestriction(restrictionOn(role, table.object, table.contract), columns);
  if (bound.kind === 'bound') return bound.restriction;
  const [first] = bound.findings;
  throw new UserError(
    'denied',
    `${tableRef(table)}: role ${role.name} cannot be applied to the published version: ${first?.message ?? 'a column is missing'}`,
    `Build the table for the contract in force (hanse build ${tableRef(table)}), or correct the role.`,
  );
}

function whereToRead({ table }: GrantedTable): string {
  const build = `Build it with: hanse build ${tableRef(table)}.`;
  return (table.contract.servers ?? []).length === 0 ? build : `${build} Where no build makes it, it stays in place: read it in its own database.`;
}

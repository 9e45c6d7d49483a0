import { covers } from '@hanse/core/access/covers.ts';
import { decide, ownerRole } from '@hanse/core/access/decide.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { findTables, isAbout, type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { compileRestriction } from '@hanse/core/restriction/compile-restriction.ts';
import { sampleContract, sampleVersion } from '@hanse/core/sample/sample-contract.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Staged } from '../../files/files.ts';
import { mayOpen, placeOf } from '../grant/place-access.ts';
import type { MeshNow, Platform } from '../platform.ts';
import type { GrantedTable } from '../query/grant-tables.ts';
import { bindRole } from '../query/open-slice.ts';
import { readHead } from '../table/table-head.ts';
import { isInPlace, recipeOf } from './find-statement.ts';

/** Made-up rows in place of an input. */
export interface SampledInput {
  readonly ref: string;
  readonly relation: Relation;
  readonly staged: Staged;
  /** Equal text, equal rows. */
  readonly identity: string;
}

const ROWS = 1000;
const SEED = 1;

/**
 * The table whose sample stands in for an input that a product may not read, or that is not there to be read; in the role of an
 * agreement about it, also one that is not in force. Undefined where the input is to be had, or where its name is what is wrong.
 */
export async function sampledGrant(
  platform: Pick<Platform, 'store' | 'clock' | 'places'>,
  now: MeshNow,
  { principal, name }: { readonly principal: Principal; readonly name: TableName },
): Promise<GrantedTable | undefined> {
  const [first, ...others] = findTables(now.tables, name);
  if (first === undefined) return undefined;
  const tables = [first, ...others] as const;
  const decision = decide(now.mesh, { principal, tables, now: platform.clock.now() });
  if (decision.kind === 'choose') return undefined;
  if (decision.kind === 'deny') return { name, ...askedFor(now, principal, tables) };
  const { table, role } = decision;
  return (await isThere(platform, now, table)) ? undefined : { name, table, role };
}

function askedFor({ mesh }: MeshNow, principal: Principal, tables: readonly [ServedTable, ...ServedTable[]]): Pick<GrantedTable, 'table' | 'role'> {
  const held = [...mesh.agreements.values()].filter((agreement) => covers(mesh, agreement.consumer, principal)).toSorted((a, b) => (a.end < b.end ? 1 : -1));
  for (const agreement of held) {
    const table = tables.find((one) => isAbout(agreement, one));
    const role = table?.contract.roles.find(({ name }) => name === agreement.role);
    if (table !== undefined && role !== undefined) return { table, role };
  }
  return { table: tables.find(({ port }) => !port.deprecated) ?? tables[0], role: ownerRole };
}

async function isThere(platform: Pick<Platform, 'store' | 'places'>, now: MeshNow, table: ServedTable): Promise<boolean> {
  if (!isInPlace(table, recipeOf(table, now.mesh.builds.get(table.product.id)))) return (await readHead(platform, table.id)) !== undefined;
  const found = placeOf(platform, table);
  return found !== undefined && mayOpen(found.place, table, found.base);
}

type Needs = Pick<Platform, 'engine' | 'files' | 'limits' | 'secret'>;

/** Writes the sample, as its role shows it, into a staged file; no data is read. Who has it discards it. */
export async function openSample(platform: Needs, granted: GrantedTable, signal: AbortSignal | undefined): Promise<SampledInput> {
  const { name, table } = granted;
  const sampled = sampleContract(table.contract, { seed: SEED, rows: ROWS }).objects.find(({ object }) => object.id === table.object.id);
  if (sampled === undefined)
    throw new UserError('invalid', `${tableRef(table)}: its contract names no column, so no sample can stand in for it`, 'Describe its columns.');
  const { columns } = assignFieldIds(noColumns, sampled.columns);
  const { select, where } = compileRestriction(columns, bindRole(granted, columns), platform.secret);
  const shown = select.map(({ column, sql }) => `${sql} AS ${quoteName(column.name)}`).join(', ');
  const sql = `SELECT ${shown} FROM (\n${sampled.sql}\n) AS sampled${where === undefined ? '' : ` WHERE ${where}`}`;
  const visible = select.map(({ column }) => column);
  const staged = await platform.files.stage('data', 'parquet');
  try {
    const options = { relations: [], limits: platform.limits.build, writable: [staged.path], ...(signal !== undefined && { signal }) };
    await using session = await platform.engine.session(options);
    await session.write({ sql }, { path: staged.path, columns: visible });
  } catch (error) {
    await platform.files.discard(staged).catch(() => {});
    throw error;
  }
  const relation: Relation = { schema: name.schema, name: name.name, format: 'parquet', files: [staged.path], columns: visible };
  return { ref: tableRef(table), relation, staged, identity: `sample ${sampleVersion} ${table.id} ${sql}` };
}

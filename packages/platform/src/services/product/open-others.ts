import { basename } from 'node:path/posix';
import type { OtherTable } from '@hanse/core/rule/check-context.ts';
import { otherTables } from '@hanse/core/rule/plan-relationship.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { grantTables } from '../query/grant-tables.ts';
import { type OpenedSlice, openSlice } from '../query/open-slice.ts';

/** The published tables that a contract's rules refer to, as the product may read them. */
export interface OpenedOthers extends Disposable {
  readonly relations: readonly Relation[];
  readonly others: ReadonlyMap<string, OtherTable>;
  /** The same tables by the names that people query. */
  readonly shown: ReadonlyMap<string, OtherTable>;
}

type Needs = Pick<Platform, 'store' | 'slices' | 'tables' | 'clock' | 'meshes'>;

/** Opens them under the product's own agreements. What cannot be read becomes the reason why, with what to do about it. */
export async function openOthers(platform: Needs, table: ServedTable, rules: readonly Rule[], signal?: AbortSignal): Promise<OpenedOthers> {
  const names = otherTables(rules);
  const now = names.length === 0 ? undefined : await platform.meshes.current();
  const opened: OpenedSlice[] = [];
  const others = new Map<string, OtherTable>();
  const shown = new Map<string, OtherTable>();
  for (const [index, written] of names.entries()) {
    const slice = now === undefined ? undefined : await openOther(platform, now, { table, written, alias: `t${index}` }, signal);
    if (slice === undefined || 'error' in slice) {
      others.set(written, slice ?? { error: `the table ${written} is not at hand` });
    } else {
      opened.push(slice);
      const { columns, object } = readable(slice);
      others.set(written, { relation: `other.${quoteName(`t${index}`)}`, columns, object });
      shown.set(written, { relation: `${quoteName(slice.granted.table.domain)}.${quoteName(slice.granted.table.name)}`, columns, object });
    }
  }
  return {
    relations: opened.map(({ relation }) => relation),
    others,
    shown,
    [Symbol.dispose]: () => {
      for (const one of opened) one[Symbol.dispose]();
    },
  };
}

interface Wanted {
  readonly table: ServedTable;
  readonly written: string;
  readonly alias: string;
}

async function openOther(
  platform: Needs,
  now: MeshNow,
  { table, written, alias }: Wanted,
  signal?: AbortSignal,
): Promise<OpenedSlice | { readonly error: string }> {
  try {
    const name = await nameOf(platform, now, table, written);
    const [granted] = grantTables(now, {
      principal: { kind: 'product', productId: table.product.id, domain: table.domain },
      tables: [name],
      now: platform.clock.now(),
    });
    if (granted === undefined) return { error: `the table ${written} is not at hand` };
    if (granted.role.restriction.rows !== undefined) {
      return { error: `the role ${granted.role.name} shows only some rows of ${tableRef(granted.table)}. Request a role without a condition on rows` };
    }
    return await openSlice(platform, { ...granted, name: { schema: 'other', name: alias } }, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof UserError) return { error: [error.message, ...(error.hint === undefined ? [] : [error.hint])].join('. ') };
    throw error;
  }
}

/** An object of the same contract, `domain.table` as in SQL, or `<contract's file>#<object id>`. */
async function nameOf(platform: Pick<Platform, 'store'>, now: MeshNow, table: ServedTable, written: string): Promise<TableName> {
  const pinned = (other: ServedTable): TableName => ({ schema: other.domain, name: `${other.name}__v${other.major}` });
  const own = now.tables.find(({ contract, major, name }) => contract.id === table.contract.id && major === table.major && name === written);
  if (own !== undefined) return pinned(own);
  const [file = '', objectId] = written.split('#');
  if (objectId === undefined) return { schema: written.slice(0, written.indexOf('.')), name: written.slice(written.indexOf('.') + 1) };
  const ofThatFile = (await platform.store.list('contract')).filter(({ body }) => basename(String(body['path'])) === basename(file));
  const contracts = new Set(ofThatFile.map(({ id }) => id));
  const [other] = now.tables.filter(
    ({ contract, major, object }) => contracts.has(`${contract.id}@${major}`) && (object.id === objectId || object.name === objectId),
  );
  if (other !== undefined) return pinned(other);
  throw new UserError(
    'missing',
    `no product of the mesh serves ${written}`,
    'Name the table as domain.table.column, or apply the contract that the file holds.',
  );
}

/** Without the columns that the role masks: their values would find no counterpart. */
function readable({ granted, relation }: OpenedSlice) {
  const masked = new Set(granted.role.restriction.columns.map(({ column }) => column));
  return { columns: (relation.columns ?? []).filter(({ name }) => !masked.has(name)), object: granted.table.object };
}

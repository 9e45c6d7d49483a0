import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { canonicalJson, type JsonObject } from '@hanse/core/document/document.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import { roleSelect } from '@hanse/core/grant/desired-access.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Landing } from '../../source/source.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { mayOpen, placeOf } from '../grant/place-access.ts';
import { type GrantedTable, grantTables } from '../query/grant-tables.ts';
import { isInPlace, recipeOf } from './find-statement.ts';
import { type OpenedSlice, openSlice } from '../query/open-slice.ts';

/** What a build reads: slices that its product's agreements grant, and landed sources. */
export interface BuildInputs extends AsyncDisposable {
  readonly relations: readonly Relation[];
  readonly opened: readonly OpenedSlice[];
  readonly positions: Readonly<Record<string, JsonObject>>;
  /** Equal text, equal inputs. */
  readonly fingerprint: string;
}

export interface InputQuestion {
  readonly table: ServedTable;
  readonly build: Build | undefined;
  readonly path: string;
  /** The statement reads a file that a person delivers. */
  readonly isDelivery: boolean;
  /** Tables that the statement names; `source.<name>` are the build's own sources. */
  readonly names: readonly TableName[];
  readonly positions: Readonly<Record<string, JsonObject>>;
  readonly signal?: AbortSignal;
}

type Needs = Pick<Platform, 'store' | 'files' | 'slices' | 'tables' | 'clock' | 'openSource' | 'places' | 'openPlaceSource'>;

/** Opens what a statement names, under the product's own agreements and nothing else. */
export async function openInputs(platform: Needs, now: MeshNow, question: InputQuestion): Promise<BuildInputs> {
  const { table, names, signal } = question;
  const tables = names.filter(({ schema }) => schema !== 'source');
  const granted = grantTables(now, { principal: { kind: 'product', productId: table.product.id, domain: table.domain }, tables, now: platform.clock.now() });
  const [placed, held] = [granted.filter(({ table: input }) => isPlaced(now, input)), granted.filter(({ table: input }) => !isPlaced(now, input))];
  const opened = await Promise.all(held.map((one) => openSlice(platform, one, signal === undefined ? {} : { signal })));
  const brought = await Promise.all(placed.map(async (one) => ({ ...one.name, landing: await landPlaced(platform, one, signal) })));
  const landed = await Promise.all(
    names.filter(({ schema }) => schema === 'source').map(async ({ name }) => ({ name, landing: await land(platform, question, name) })),
  );
  const others = [...landed.map((one) => ({ ...one, schema: 'source' })), ...brought];
  return {
    relations: [...opened.map(({ relation }) => relation), ...others.map(({ schema, name, landing }) => ({ ...landing.relation, schema, name }))],
    opened,
    positions: Object.fromEntries(landed.map(({ name, landing }) => [name, landing.position])),
    fingerprint: canonicalJson([...opened.map(({ identity }) => identity), ...others.map(({ landing }) => landing.position)]),
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) one[Symbol.dispose]();
      // One that stays is swept later; what was built of it stands.
      for (const { landing } of others) for (const staged of landing.staged) await platform.files.discard(staged).catch(() => {});
    },
  };
}

function isPlaced(now: MeshNow, input: ServedTable): boolean {
  return isInPlace(input, recipeOf(input, now.mesh.builds.get(input.product.id)));
}

/** A table that stays in its database, as the agreement's role shows it; nobody else's rows leave it. */
async function landPlaced(platform: Needs, { table, role }: GrantedTable, signal: AbortSignal | undefined): Promise<Landing> {
  const found = placeOf(platform, table);
  if (found === undefined || !mayOpen(found.place, table, found.base))
    throw new UserError(
      'missing',
      `${tableRef(table)} stays in its database, which this mesh may not read for ${table.domain}`,
      'Whoever runs the mesh names it in hanse.yaml, under places, with the schemas that the domain opens.',
    );
  const query = roleSelect(table, found.base, role);
  if (typeof query !== 'string')
    throw new UserError('denied', `${tableRef(table)}: ${query[0]?.message ?? `role ${role.name} has no form there`}`, query[0]?.hint);
  const source = platform.openPlaceSource({
    connection: found.place.connection(),
    label: `${tableRef(table)} in ${found.place.name}`,
    query,
    table: found.base,
  });
  return source.land(signal === undefined ? {} : { signal });
}

async function land(platform: Needs, { table, build, path, positions, isDelivery, signal }: InputQuestion, name: string): Promise<Landing> {
  const spec = build?.file.sources[name];
  if (spec === undefined) {
    const known = Object.keys(build?.file.sources ?? {});
    throw new UserError(
      'invalid',
      `${path} reads source.${name}, which build.yaml does not name`,
      known.length === 0 ? 'Add it under sources: in build.yaml.' : `It names: ${known.join(', ')}.`,
    );
  }
  const source = platform.openSource(spec, {
    folder: dirname(path),
    domain: table.domain,
    label: `${tableRef(table)}: source ${name}`,
    ...(isDelivery && { anywhere: true }),
  });
  const after = positions[name];
  return source.land({ ...(after !== undefined && { after }), ...(signal !== undefined && { signal }) });
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

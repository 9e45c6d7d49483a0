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
import { openSample, sampledGrant } from './sample-input.ts';
import { type OpenedSlice, openSlice } from '../query/open-slice.ts';

/** What a build reads: slices that its product's agreements grant, and landed sources. */
export interface BuildInputs extends AsyncDisposable {
  readonly relations: readonly Relation[];
  readonly opened: readonly OpenedSlice[];
  readonly positions: Readonly<Record<string, JsonObject>>;
  /** Equal text, equal inputs. */
  readonly fingerprint: string;
  /** Tables whose rows are made up, and those that their published versions stand on. */
  readonly samples: readonly string[];
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

type Needs = Pick<
  Platform,
  'store' | 'engine' | 'files' | 'slices' | 'tables' | 'clock' | 'limits' | 'secret' | 'samples' | 'openSource' | 'places' | 'openPlaceSource'
>;

/** Opens what a statement names, under the product's own agreements and nothing else. */
export async function openInputs(platform: Needs, now: MeshNow, question: InputQuestion): Promise<BuildInputs> {
  const { table, names, signal } = question;
  const tables = names.filter(({ schema }) => schema !== 'source');
  const { granted, standIns } = await chooseInputs(platform, now, table, tables);
  const [placed, held] = [granted.filter(({ table: input }) => isPlaced(now, input)), granted.filter(({ table: input }) => !isPlaced(now, input))];
  const opened = await Promise.all(held.map((one) => openSlice(platform, one, signal === undefined ? {} : { signal })));
  const sampled = await Promise.all(standIns.map((one) => openSample(platform, one, signal)));
  const brought = await Promise.all(placed.map(async (one) => ({ ...one.name, landing: await landPlaced(platform, one, signal) })));
  const landed = await Promise.all(
    names
      .filter(({ schema }) => schema === 'source')
      .map(async ({ name }) => ({ name, landing: await land(platform, sampled.length === 0 ? question : { ...question, positions: {} }, name) })),
  );
  const others = [...landed.map((one) => ({ ...one, schema: 'source' })), ...brought];
  return {
    relations: [
      ...[...opened, ...sampled].map(({ relation }) => relation),
      ...others.map(({ schema, name, landing }) => ({ ...landing.relation, schema, name })),
    ],
    opened,
    positions: Object.fromEntries(landed.map(({ name, landing }) => [name, landing.position])),
    fingerprint: canonicalJson([...[...opened, ...sampled].map(({ identity }) => identity), ...others.map(({ landing }) => landing.position)]),
    samples: [...new Set([...sampled.map(({ ref }) => ref), ...opened.flatMap(({ provenance }) => provenance.samples ?? [])])].toSorted(),
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) one[Symbol.dispose]();
      // One that stays is swept later; what was built of it stands.
      for (const staged of [...sampled.map((one) => one.staged), ...others.flatMap(({ landing }) => landing.staged)])
        await platform.files.discard(staged).catch(() => {});
    },
  };
}

interface ChosenInputs {
  readonly granted: readonly GrantedTable[];
  /** Of these the sample is read, in an environment that allows it and nowhere else. */
  readonly standIns: readonly GrantedTable[];
}

async function chooseInputs(platform: Needs, now: MeshNow, { product, domain }: ServedTable, names: readonly TableName[]): Promise<ChosenInputs> {
  const principal = { kind: 'product', productId: product.id, domain } as const;
  const standIns: GrantedTable[] = [];
  for (const name of platform.samples ? names : []) {
    const standIn = await sampledGrant(platform, now, { principal, name });
    if (standIn !== undefined) standIns.push(standIn);
  }
  const tables = names.filter((name) => !standIns.some((one) => one.name === name));
  return { granted: grantTables(now, { principal, tables, now: platform.clock.now() }), standIns };
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

import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { canonicalJson, type JsonObject } from '@hanse/core/document/document.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Landing } from '../../source/source.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { grantTables } from '../query/grant-tables.ts';
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

type Needs = Pick<Platform, 'store' | 'files' | 'slices' | 'tables' | 'clock' | 'openSource'>;

/** Opens what a statement names, under the product's own agreements and nothing else. */
export async function openInputs(platform: Needs, now: MeshNow, question: InputQuestion): Promise<BuildInputs> {
  const { table, names, signal } = question;
  const tables = names.filter(({ schema }) => schema !== 'source');
  const granted = grantTables(now, { principal: { kind: 'product', productId: table.product.id, domain: table.domain }, tables, now: platform.clock.now() });
  const opened = await Promise.all(granted.map((one) => openSlice(platform, one, signal === undefined ? {} : { signal })));
  const landed = await Promise.all(
    names.filter(({ schema }) => schema === 'source').map(async ({ name }) => ({ name, landing: await land(platform, question, name) })),
  );
  return {
    relations: [...opened.map(({ relation }) => relation), ...landed.map(({ name, landing }) => ({ ...landing.relation, schema: 'source', name }))],
    opened,
    positions: Object.fromEntries(landed.map(({ name, landing }) => [name, landing.position])),
    fingerprint: canonicalJson([...opened.map(({ identity }) => identity), ...landed.map(({ landing }) => landing.position)]),
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) one[Symbol.dispose]();
      // One that stays is swept later; what was built of it stands.
      for (const { landing } of landed) for (const staged of landing.staged) await platform.files.discard(staged).catch(() => {});
    },
  };
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

import { createHash } from 'node:crypto';
import { type AccessQuestion, desiredAccess, markOf } from '@hanse/core/grant/desired-access.ts';
import type { BaseTable, DesiredAccess } from '@hanse/core/grant/access-schema.ts';
import { compareAccess, type Difference } from '@hanse/core/grant/compare-access.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { isInPlace, recipeOf } from '../product/find-statement.ts';
import type { GrantPlace, ManagedPlace } from '../../grant/grant-place.ts';
import type { MeshNow, Platform } from '../platform.ts';

/** What agreements open in one database, before it is looked at. */
export interface PlaceAccess {
  readonly place: ManagedPlace;
  readonly tables: readonly ServedTable[];
  readonly desired: DesiredAccess;
  readonly findings: readonly Finding[];
  readonly mark: string;
}

/** Where a table stays, if that is a database of hanse.yaml. */
export function placeOf({ places }: Pick<Platform, 'places'>, table: ServedTable): { readonly place: ManagedPlace; readonly base: BaseTable } | undefined {
  for (const place of places) {
    const server = table.contract.servers?.find((one) => place.holds(one));
    if (server !== undefined) return { place, base: { schema: server.schema ?? 'public', name: table.object.physicalName ?? table.object.name } };
  }
  return undefined;
}

/** Whether the domain of a table may open its schema there. */
export function mayOpen({ schemas }: ManagedPlace, { domain }: ServedTable, { schema }: BaseTable): boolean {
  return Object.hasOwn(schemas, domain) && schemas[domain]?.includes(schema) === true;
}

/** Whether agreements of a table are granted in a database that it lies in. */
export function isGranted({ places }: Pick<Platform, 'places'>, table: ServedTable): boolean {
  return places.some((place) => {
    const found = placeOf({ places: [place] }, table);
    return found !== undefined && mayOpen(place, table, found.base);
  });
}

/** Of each database that hanse.yaml names as a place, what the agreements of now open there. */
export function placeAccesses(platform: Pick<Platform, 'places' | 'meshName' | 'clock'>, now: MeshNow): readonly PlaceAccess[] {
  return platform.places.map((place) => {
    const findings: Finding[] = [];
    const tables = now.tables.flatMap((table) => {
      if (!isInPlace(table, recipeOf(table, now.mesh.builds.get(table.product.id)))) return [];
      const found = placeOf({ places: [place] }, table);
      if (found === undefined) return [];
      const { base } = found;
      if (mayOpen(place, table, base)) return [{ table, base }];
      findings.push({
        code: 'access.in-place',
        severity: 'warning',
        ref: `${table.domain}/${table.product.name}`,
        message: `${table.domain} may not open the schema ${base.schema} of the place ${place.name}`,
        hint: `Whoever runs the mesh names it in hanse.yaml: places.${place.name}.schemas.${table.domain}.`,
      });
      return [];
    });
    const question: AccessQuestion = { mesh: now.mesh, meshName: platform.meshName, tables, now: platform.clock.now(), logins: place.logins, digest };
    const { desired, findings: found } = desiredAccess(question);
    return { place, tables: tables.map(({ table }) => table), desired, findings: [...findings, ...found], mark: markOf(platform.meshName) };
  });
}

/** What a database grants otherwise than agreements say. A member without a login there is told, not granted. */
export async function differencesOf(open: GrantPlace, { desired, mark }: PlaceAccess): Promise<readonly Difference[]> {
  const actual = await open.read({ mark, names: desired.schemas.map(({ name }) => name), tables: desired.tables });
  const logins = new Set(actual.logins);
  const members = [...new Set(desired.schemas.flatMap((schema) => schema.members))];
  const absent = members.filter((member) => !logins.has(member));
  const known = { ...desired, schemas: desired.schemas.map((schema) => ({ ...schema, members: schema.members.filter((member) => logins.has(member)) })) };
  return [
    ...compareAccess(known, actual, { mark, digest }),
    ...absent.map((member) => ({ message: `${member} has an agreement and no login in the database`, sql: [], ours: false })),
  ];
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

import type { Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { optional } from '@hanse/core/document/json.ts';
import type { Engine } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { readAcceptances } from '../agreement/accept-changes.ts';
import { buildUses } from '../lineage/build-uses.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import type { Platform } from '../platform.ts';
import { readUsages } from './read-usages.ts';

/** Who uses each table of these domains, as the mesh knows it now. Error: `denied` for who is no member of one. */
export async function listConsumers(
  platform: Pick<Platform, 'store' | 'meshes' | 'clock' | 'meshName'> & { readonly engine: Pick<Engine, 'parse' | 'boundPlan'> },
  principal: Principal,
  domains: readonly string[],
): Promise<OperationOutput<'consumers'>> {
  const { mesh, tables, head } = await platform.meshes.current();
  for (const domain of domains) {
    if (!mesh.domains.has(domain))
      throw new UserError('missing', `there is no domain ${domain}`, didYouMean(domain, mesh.domains.keys(), 'See them with: hanse products.'));
    if (!maySeeNumbers(mesh, principal, domain))
      throw new UserError('denied', `who uses the tables of ${domain} is told to its members`, 'Ask one of them, or name your own: --domain <name>.');
  }
  const own = tables.filter(({ domain }) => domains.includes(domain));
  const uses = await buildUses(platform.engine, { mesh, tables, read: own, known: tables });
  const usages = await readUsages(platform, { mesh, tables: own, uses });
  const ownAgreements = new Set([...usages.values()].flat().flatMap(({ agreement }) => agreement ?? []));
  return {
    mesh: platform.meshName,
    asOf: head,
    at: platform.clock.now(),
    accepted: (await readAcceptances(platform.store)).filter(({ agreement }) => ownAgreements.has(agreement)),
    tables: Object.fromEntries(own.map((table) => [table.id, { table: nameOf(table), consumers: (usages.get(table.id) ?? []).map(describe) }])),
  };
}

function nameOf({ domain, name, major }: ServedTable): string {
  return major === 1 ? `${domain}.${name}` : `${domain}.${name}__v${major}`;
}

function describe({ consumer, columns, evidence, agreement, role, noticeDays, seenAt }: Usage) {
  return {
    consumer,
    ...optional('agreement', agreement),
    ...optional('role', role),
    ...optional('noticeDays', noticeDays),
    columns: columns === undefined ? null : [...columns],
    evidence,
    ...optional('lastSeen', seenAt?.slice(0, 10)),
  };
}

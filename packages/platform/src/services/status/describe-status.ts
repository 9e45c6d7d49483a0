import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { SlaProperty } from '@hanse/core/contract/contract.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { parseRef } from '@hanse/core/ref/ref.ts';
import { headHash } from '../log/verify-log.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import type { Incident } from '../product/incident.ts';
import { describeTable } from '../product/list-products.ts';
import type { StoredRun } from '../run/run-record.ts';
import { readHead } from '../table/table-head.ts';

const RECENT_RUNS = 50;

/** What is published, late, breached or was run. */
export async function describeStatus(
  platform: Pick<Platform, 'store' | 'meshes' | 'clock' | 'meshName' | 'places'>,
  principal: Principal,
  { coverage }: OperationInput<'status'>,
): Promise<OperationOutput<'status'>> {
  const current = await platform.meshes.current();
  const now = Date.parse(platform.clock.now());
  const heads = await Promise.all(current.tables.map(async (table) => ({ table, head: await readHead(platform, table.id) })));
  const cover = coverage === 'true' ? (await import('../product/describe-coverage.ts')).describeCoverage : undefined;
  const tables = heads.map(({ table, head }) => {
    const described = describeTable({ now: current, principal }, table, head);
    return {
      ...described,
      ...(described.custody === 'held' ? freshnessOf(table, head?.publishedAt, now) : { freshness: described.custody, late: false }),
      coverage: cover?.(platform, current, table, head !== undefined) ?? null,
    };
  });
  const seesOf = (ref: string) => maySeeNumbers(current.mesh, principal, parseRef(ref)?.domain ?? '');
  const incidents = await platform.store.list('incident');
  const runs = (await platform.store.list('run')).map((document) => storedValue<StoredRun>(document));
  return {
    mesh: platform.meshName,
    head: current.head,
    headHash: await headHash(platform.store),
    tables,
    incidents: incidents.map((document) => {
      const { ref, at, message, promises, closedAt } = storedValue<Incident>(document);
      return { id: document.id, ref, at, message: seesOf(ref) ? message : promises, open: closedAt === undefined };
    }),
    runs: runs
      .filter(({ ref }) => seesOf(ref))
      .toSorted((a, b) => (a.at < b.at ? 1 : -1))
      .slice(0, RECENT_RUNS)
      .map(({ lease: _, ...run }) => run),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };

/** Longest age that ODCS `slaProperties` promise under `freshness` or `frequency`, in milliseconds. */
export function promisedAgeMs(sla: readonly SlaProperty[]): number | undefined {
  const promise = sla.find(({ property }) => property === 'freshness') ?? sla.find(({ property }) => property === 'frequency');
  const unit = UNIT_MS[(promise?.unit ?? '').toLowerCase().replace(/^(minute|hour|day|week|year)s?$/, (word) => word.charAt(0))];
  const value = Number(promise?.value);
  return unit === undefined || Number.isNaN(value) ? undefined : value * unit;
}

function freshnessOf(table: ServedTable, publishedAt: string | undefined, now: number): { readonly freshness: string; readonly late: boolean } {
  if (publishedAt === undefined) return { freshness: 'never published', late: false };
  const age = Math.max(0, now - Date.parse(publishedAt));
  const promised = promisedAgeMs(table.contract.sla);
  const late = promised !== undefined && age > promised;
  const said = promised === undefined ? '' : `, promised ${ageText(promised)}`;
  return { freshness: `${ageText(age)} old${said}${late ? ', late' : ''}`, late };
}

function ageText(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * 86_400_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

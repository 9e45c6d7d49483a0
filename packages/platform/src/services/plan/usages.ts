import { isInForce } from '@hanse/core/access/decide.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import { isMember, type Mesh } from '@hanse/core/mesh/mesh.ts';
import { isAbout, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { BuildUse } from '../lineage/build-uses.ts';
import type { ReadRecord } from '../../store/store.ts';
import { consumerName } from '../agreement/describe-agreement.ts';

export interface UsageQuestion {
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
  /** What builds read, by their SQL. */
  readonly uses: readonly BuildUse[];
  readonly reads: readonly ReadRecord[];
  readonly now: string;
}

/** Who uses each table, by SQL, agreement and the read log; keyed by table id. */
export function usagesOf(question: UsageQuestion): ReadonlyMap<string, readonly Usage[]> {
  return new Map(question.tables.map((table) => [table.id, [...byBuilds(question, table), ...byAgreements(question, table)]]));
}

function byBuilds({ mesh, uses }: UsageQuestion, table: ServedTable): readonly Usage[] {
  const reading = uses.filter((use) => use.reads.id === table.id && use.by.id !== table.id);
  return reading.map((use) => {
    const agreement = [...mesh.agreements.values()].find((one) => isAbout(one, table) && one.consumer.kind === 'product' && one.consumer.productId === use.by.product.id);
    return {
      consumer: `${use.by.domain}/${use.by.product.name}`,
      columns: use.columns,
      evidence: use.columns === undefined ? `${use.path}, whose columns cannot be told` : use.path,
      ...terms(agreement),
    };
  });
}

/** People and domains: every governed read is on record, so a column that was never read is not used. */
function byAgreements({ mesh, reads, now }: UsageQuestion, table: ServedTable): readonly Usage[] {
  const held = [...mesh.agreements.values()].filter((one) => isAbout(one, table) && isInForce(one, now) && one.consumer.kind !== 'product');
  return held.map((agreement) => {
    const theirs = reads.flatMap((read) => (isBy(mesh, agreement, read.principal) ? read.tables.filter((one) => one.table === table.id) : []));
    const columns = [...new Set(theirs.flatMap((one) => one.columns))];
    return {
      consumer: consumerName(mesh, agreement),
      columns,
      evidence: theirs.length === 0 ? 'no read on record' : `${theirs.length} ${theirs.length === 1 ? 'read' : 'reads'} on record, of ${columns.join(', ') || 'no column'}`,
      ...terms(agreement),
    };
  });
}

function isBy(mesh: Mesh, { consumer }: Agreement, principal: string): boolean {
  if (consumer.kind === 'person') return principal === consumer.username;
  return consumer.kind === 'domain' && isMember(mesh.domains.get(consumer.domain), principal);
}

function terms(agreement: Agreement | undefined): Pick<Usage, 'agreement' | 'role' | 'noticeDays'> {
  return agreement === undefined ? {} : { agreement: agreement.id, role: agreement.role, noticeDays: agreement.noticeDays };
}

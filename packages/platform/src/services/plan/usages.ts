import { covers } from '@hanse/core/access/covers.ts';
import { isInForce } from '@hanse/core/access/decide.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import { optional } from '@hanse/core/document/json.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { isAbout, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { UsageRecord } from '@hanse/core/use/usage-record.ts';
import type { BuildUse } from '../lineage/build-uses.ts';
import type { ReadUse } from '../../store/store.ts';
import { consumerName } from '../agreement/describe-agreement.ts';
import { withImported } from '../usage/imported-usages.ts';

export interface UsageQuestion {
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
  /** What builds read, by their SQL. */
  readonly uses: readonly BuildUse[];
  /** What the read log counted of these tables. */
  readonly reads: readonly ReadUse[];
  /** What was imported of uses outside the mesh. */
  readonly records: readonly UsageRecord[];
  readonly now: string;
}

/** Who uses each table, by SQL, agreement, the read log and what was imported; keyed by table id. */
export function usagesOf(question: UsageQuestion): ReadonlyMap<string, readonly Usage[]> {
  return new Map(
    question.tables.map((table) => [table.id, withImported([...buildUsages(question, table), ...byAgreements(question, table)], table, question)]),
  );
}

/** Products that read a table by their SQL, with the terms of their agreement in force. */
export function buildUsages({ mesh, uses, now }: Pick<UsageQuestion, 'mesh' | 'uses' | 'now'>, table: ServedTable): readonly Usage[] {
  const reading = uses.filter((use) => use.reads.id === table.id && use.by.id !== table.id);
  return reading.map((use) => {
    const agreement = [...mesh.agreements.values()].find(
      (one) => isAbout(one, table) && isInForce(one, now) && one.consumer.kind === 'product' && one.consumer.productId === use.by.product.id,
    );
    return {
      consumer: `${use.by.domain}/${use.by.product.name}`,
      columns: use.columns,
      evidence: use.columns === undefined ? `${use.path}, whose columns cannot be told` : use.path,
      ...termsOf(agreement),
    };
  });
}

/** People and domains: every governed read is on record, so a column that was never read is not used. */
function byAgreements({ mesh, reads, now }: UsageQuestion, table: ServedTable): readonly Usage[] {
  const held = [...mesh.agreements.values()].filter((one) => isAbout(one, table) && isInForce(one, now) && one.consumer.kind !== 'product');
  return held.map((agreement) => {
    const theirs = reads.filter((use) => use.table === table.id && covers(mesh, agreement.consumer, { kind: 'person', username: use.principal }));
    const columns = [...new Set(theirs.flatMap((use) => use.columns).map(({ column }) => nameOf(table, column)))];
    return {
      consumer: consumerName(mesh, agreement),
      columns,
      evidence: evidenceOf(theirs, columns),
      ...optional('seenAt', lastOf(theirs)),
      ...termsOf(agreement),
    };
  });
}

function evidenceOf(uses: readonly ReadUse[], columns: readonly string[]): string {
  const last = lastOf(uses);
  if (last === undefined) return 'no read on record';
  const count = uses.reduce((sum, { reads }) => sum + reads, 0);
  return `${count} ${count === 1 ? 'read' : 'reads'} on record, the last on ${last.slice(0, 10)}, of ${columns.join(', ') || 'no column'}`;
}

function lastOf(uses: readonly ReadUse[]): string | undefined {
  return uses
    .map((use) => use.last)
    .toSorted()
    .at(-1);
}

/** A store of version 1 recorded names. */
function nameOf({ object }: ServedTable, column: string): string {
  return object.properties.find(({ id }) => id === column)?.name ?? column;
}

export function termsOf(agreement: Agreement | undefined): Pick<Usage, 'agreement' | 'role' | 'noticeDays'> {
  return agreement === undefined ? {} : { agreement: agreement.id, role: agreement.role, noticeDays: agreement.noticeDays };
}

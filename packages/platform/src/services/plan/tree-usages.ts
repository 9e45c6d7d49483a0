import { isInForce } from '@hanse/core/access/decide.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import type { LockedConsumer } from '@hanse/core/lock/consumers-lock.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { isAbout, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import { consumerName } from '../agreement/describe-agreement.ts';
import type { BuildUse } from '../lineage/build-uses.ts';
import type { Knowledge } from './plan-revisions.ts';
import { buildUsages, termsOf } from './usages.ts';

export interface TreeUseQuestion extends Knowledge {
  readonly before: Mesh;
  readonly after: Mesh;
  readonly tables: readonly ServedTable[];
  readonly uses: readonly BuildUse[];
  readonly now: string;
}

/** What those are called whom nobody here knows. */
export const ELSEWHERE = 'consumers elsewhere';

/** Who uses each table, by the files of a repository and what its lock adds; keyed by table id. */
export function treeUsages(question: TreeUseQuestion): ReadonlyMap<string, readonly Usage[]> {
  return new Map(
    question.tables.map((table) => {
      const builds = buildUsages({ mesh: question.before, uses: question.uses, now: question.now }, table);
      return [table.id, [...builds, ...agreedUsages(question, table), ...lockedUsages(question, table), ...presumedUsages(question, table)]];
    }),
  );
}

/** People and domains whose agreement stands in the files: what they read is on record in the mesh alone, and in the lock. */
function agreedUsages(question: TreeUseQuestion, table: ServedTable): readonly Usage[] {
  const known = new Set(lockedOf(question, table).map(({ agreement }) => agreement));
  const isKnown = ({ id }: Agreement) => question.lacking === undefined && known.has(id);
  return [...question.before.agreements.values()]
    .filter((one) => isAbout(one, table) && isInForce(one, question.now) && one.consumer.kind !== 'product' && !isKnown(one))
    .map((agreement) => ({
      consumer: consumerName(question.before, agreement),
      columns: undefined,
      evidence: `agreement ${agreement.id}; what it reads is on record in the mesh`,
      ...termsOf(agreement),
    }));
}

/** Those whom the lock names, but for products whose build is in the files: it tells what they read now. */
function lockedUsages(question: TreeUseQuestion, table: ServedTable): readonly Usage[] {
  const { before, after, lock, lacking } = question;
  const built = new Set([before, after].flatMap(builtProducts));
  const isTold = ({ consumer, agreement }: LockedConsumer) =>
    built.has(consumer) || hasEnded(question, agreement) || (lacking !== undefined && isHere(before, agreement));
  return lockedOf(question, table)
    .filter((consumer) => !isTold(consumer))
    .map(({ lastSeen, evidence, ...usage }) => ({
      ...usage,
      seenAt: lastSeen ?? lock?.at ?? '',
      ...(lacking === undefined ? { evidence } : { evidence: `${evidence}; ${lacking}`, presumed: true }),
    }));
}

/** An agreement whose document is in the files ends with it, whatever the lock says. */
function hasEnded({ before, now }: TreeUseQuestion, agreement: string | undefined): boolean {
  const here = agreement === undefined ? undefined : before.agreements.get(agreement);
  return here !== undefined && !isInForce(here, now);
}

function isHere({ agreements }: Mesh, agreement: string | undefined): boolean {
  return agreement !== undefined && agreements.has(agreement);
}

function builtProducts({ builds, products }: Mesh): readonly string[] {
  return [...builds.values()].flatMap(({ productId, statements }) => {
    const product = products.get(productId);
    return product === undefined || statements.length === 0 ? [] : [`${product.domain}/${product.name}`];
  });
}

function presumedUsages({ isWhole, lock, lacking }: TreeUseQuestion, { id }: ServedTable): readonly Usage[] {
  const isCovered = lacking === undefined && lock !== undefined && Object.hasOwn(lock.tables, id);
  if (isWhole || isCovered) return [];
  return [{ consumer: ELSEWHERE, columns: undefined, presumed: true, evidence: lacking ?? 'consumers.lock.yaml does not cover this table' }];
}

function lockedOf({ lock, isWhole }: TreeUseQuestion, { id }: ServedTable): readonly LockedConsumer[] {
  return isWhole || lock === undefined || !Object.hasOwn(lock.tables, id) ? [] : (lock.tables[id]?.consumers ?? []);
}

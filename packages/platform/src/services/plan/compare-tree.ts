import type { Plan, TreeFiles } from '@hanse/core/api/shapes.ts';
import type { Usage } from '@hanse/core/change/judge-change.ts';
import { formatKey } from '@hanse/core/document/document.ts';
import { sameValue } from '@hanse/core/document/same-value.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { meshOf } from '@hanse/core/mesh/mesh-value.ts';
import { type ServedTable, servedTables } from '@hanse/core/mesh/served-table.ts';
import type { DesiredDocument } from '@hanse/core/plan/desired-document.ts';
import { makePlan, touchedTables } from '@hanse/core/plan/make-plan.ts';
import { addedErrors, checkCopies, type Copy } from '@hanse/core/plan/mesh-errors.ts';
import type { ParsedTree } from '@hanse/core/plan/parse-tree.ts';
import { removable, type StoredCopy } from '@hanse/core/plan/removable.ts';
import type { Engine } from '../../engine/engine.ts';
import { type BuildUse, buildUses, namesOneOf } from '../lineage/build-uses.ts';
import { checkBuilds } from './check-builds.ts';

export interface TreeQuestion {
  readonly tree: Pick<TreeFiles, 'home'>;
  readonly parsed: ParsedTree;
  /** What the tree is compared with, and the log number of that. */
  readonly stored: readonly StoredCopy[];
  readonly base: number;
  readonly retire: readonly string[];
  /** ISO 8601 in UTC. */
  readonly now: string;
  /** When contracts in force became deprecated, by `contractKey`. */
  readonly deprecatedAt?: ReadonlyMap<string, string>;
}

/** What is asked about the use of tables that change. */
export interface Touched {
  readonly before: Mesh;
  readonly after: Mesh;
  readonly tables: readonly ServedTable[];
  /** What the builds that will be there read, by their SQL; looked at when it is asked for. */
  readonly uses: () => Promise<readonly BuildUse[]>;
}

/** Compares a tree with documents in force, and judges for each known use what the change means to it. */
export async function compareTree(
  engine: Pick<Engine, 'parse' | 'boundPlan'>,
  { tree, parsed, stored, base, retire, now, deprecatedAt }: TreeQuestion,
  usagesOf: (touched: Touched) => Promise<ReadonlyMap<string, readonly Usage[]>>,
): Promise<Omit<Plan, 'seal'>> {
  const unread = new Set(parsed.findings.flatMap(({ severity, at }) => (severity === 'error' && at !== undefined ? [at.file] : [])));
  const kept = overlay(stored, { home: tree.home, desired: parsed.documents, stored, retire, unread });
  const before = meshOf(stored);
  const after = meshOf(kept);
  const elsewhere = (copies: readonly Copy[]) => copies.filter((copy) => !parsed.sources.has(formatKey(copy)));
  const files = new Set(elsewhere(kept).map(({ body }) => body.path));
  const broken = files.size === 0 ? [] : addedErrors(stored, kept, () => false).filter(({ at }) => files.has(at?.file ?? ''));
  const findings = [
    ...parsed.findings,
    ...checkCopies(kept, parsed.sources),
    ...broken,
    ...(await checkBuilds(engine, after, dueBuilds(stored, parsed, [before, after]))),
  ];
  const touched = touchedTables(before, after);
  const usages = await usagesOf({
    before,
    after,
    tables: touched,
    uses: () => buildUses(engine, { mesh: after, tables: servedTables(after), read: touched, known: servedTables(before) }),
  });
  return makePlan({
    home: tree.home,
    base,
    desired: parsed.documents,
    stored,
    before,
    after,
    usages,
    findings,
    retire,
    unread,
    sources: parsed.sources,
    now,
    ...(deprecatedAt !== undefined && { deprecatedAt }),
  });
}

/** Builds whose statement is judged: those that change, that make a table that changes, or that may read one. */
function dueBuilds(
  stored: readonly StoredCopy[],
  { documents }: ParsedTree,
  [before, after]: readonly [Mesh, Mesh],
): (table: ServedTable, sql: string) => boolean {
  const known = new Map(stored.map((copy) => [formatKey(copy), copy]));
  const inTree = documents.filter(({ kind }) => kind === 'build');
  const builds = new Set(inTree.map(({ id }) => id));
  const changed = new Set(inTree.filter((document) => !sameValue(known.get(formatKey(document))?.body, document.body)).map(({ id }) => id));
  const tables = [...touchedTables(before, after), ...touchedTables(after, before)];
  const touched = new Set(tables.map(({ id }) => id));
  const mayRead = namesOneOf(tables);
  return (table, sql) => builds.has(table.product.id) && (changed.has(table.product.id) || touched.has(table.id) || mayRead(sql));
}

/** The mesh as it will be: what is stored, without what the tree ends, with what the tree wants and may change. */
function overlay(stored: readonly StoredCopy[], question: Parameters<typeof removable>[0]): readonly Copy[] {
  const ended = new Set(removable(question).remove);
  const kept = new Map<string, Copy>(stored.filter((copy) => !ended.has(copy)).map((copy) => [`${copy.kind}/${copy.id}`, copy]));
  for (const document of question.desired) {
    const known = kept.get(`${document.kind}/${document.id}`);
    const isForeign = known !== undefined && !isAtHome(known, question.home);
    if (!isForeign) kept.set(`${document.kind}/${document.id}`, document);
  }
  return [...kept.values()];
}

function isAtHome(copy: Copy | StoredCopy | DesiredDocument, home: string): boolean {
  return !('home' in copy) || (copy.home.kind === 'repository' && copy.home.id === home);
}

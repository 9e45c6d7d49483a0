import type { Principal } from '@hanse/core/access/principal.ts';
import type { Plan, TreeFiles } from '@hanse/core/api/shapes.ts';
import { formatKey, type Home } from '@hanse/core/document/document.ts';
import { meshOf } from '@hanse/core/mesh/mesh-value.ts';
import { servedTables } from '@hanse/core/mesh/served-table.ts';
import type { DesiredDocument } from '@hanse/core/plan/desired-document.ts';
import { makePlan, touchedTables } from '@hanse/core/plan/make-plan.ts';
import { addedErrors, checkCopies, type Copy } from '@hanse/core/plan/mesh-errors.ts';
import { type ParsedTree, parseTreeInTurns } from '@hanse/core/plan/parse-tree.ts';
import { removable, type StoredCopy } from '@hanse/core/plan/removable.ts';
import { buildUses } from '../lineage/build-uses.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import type { Platform } from '../platform.ts';
import { checkBuilds } from './check-builds.ts';
import { sealPlan } from './seal-plan.ts';
import { storedCopies } from './stored-copies.ts';
import { usagesOf } from './usages.ts';

/** Documents are parsed for so long before others have their turn. */
const TURN_MS = 20;

/** Compares a tree with the mesh, and judges for each consumer what the change means to it. */
export async function planTree(
  platform: Pick<Platform, 'store' | 'engine' | 'clock' | 'secret'>,
  principal: Principal,
  { tree, retire }: { readonly tree: TreeFiles; readonly retire: readonly string[] },
): Promise<Plan> {
  const base = await platform.store.head();
  const parsed = await parseInTurns(tree);
  const stored = (await storedCopies(platform.store)).map((copy) => ({ ...copy, home: homeNow(tree, copy.home) }));
  const unread = new Set(parsed.findings.flatMap(({ severity, at }) => (severity === 'error' && at !== undefined ? [at.file] : [])));
  const kept = overlay(stored, { home: tree.home, desired: parsed.documents, stored, retire, unread });
  const before = meshOf(stored);
  const after = meshOf(kept);
  const elsewhere = (copies: readonly Copy[]) => copies.filter((copy) => !parsed.sources.has(formatKey(copy)));
  const files = new Set(elsewhere(kept).map(({ body }) => body.path));
  const broken = files.size === 0 ? [] : addedErrors(stored, kept, () => false).filter(({ at }) => files.has(at?.file ?? ''));
  const findings = [...parsed.findings, ...checkCopies(kept, parsed.sources), ...broken, ...(await checkBuilds(platform.engine, after, parsed.documents))];
  // Who reads what is told to the domain alone; nobody else may apply the change.
  const touched = touchedTables(before, after).filter(({ domain }) => maySeeNumbers(before, principal, domain));
  const usages =
    touched.length === 0
      ? new Map()
      : usagesOf({
          mesh: before,
          tables: touched,
          uses: await buildUses(platform.engine, { mesh: after, tables: servedTables(after), known: servedTables(before) }),
          reads: await platform.store.readUses(touched.map(({ id }) => id)),
          now: platform.clock.now(),
        });
  return sealPlan(platform.secret, makePlan({ home: tree.home, base, desired: parsed.documents, stored, before, after, usages, findings, retire, unread }));
}

async function parseInTurns({ files, ignored }: TreeFiles): Promise<ParsedTree> {
  const steps = parseTreeInTurns(files, ignored);
  for (let began = performance.now(); ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
}

/** What the folder brought under a former name of itself has its home in it still. */
function homeNow({ home, formerHomes = [] }: TreeFiles, stored: Home): Home {
  return stored.kind === 'repository' && formerHomes.includes(stored.id) ? { kind: 'repository', id: home } : stored;
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

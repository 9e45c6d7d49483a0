import type { Principal } from '@hanse/core/access/principal.ts';
import type { Plan, TreeFiles } from '@hanse/core/api/shapes.ts';
import { withAcceptances } from '@hanse/core/change/with-acceptances.ts';
import type { Home } from '@hanse/core/document/document.ts';
import { readAcceptances } from '../agreement/accept-changes.ts';
import type { Engine } from '../../engine/engine.ts';
import { maySeeNumbers } from '../mesh/may-see.ts';
import type { Platform } from '../platform.ts';
import { compareTree } from './compare-tree.ts';
import { deprecatedSince } from './deprecated-since.ts';
import { parseInTurns } from './parse-in-turns.ts';
import { readUsages } from './read-usages.ts';
import { sealPlan } from './seal-plan.ts';
import { storedCopies } from './stored-copies.ts';

/** Compares a tree with the mesh, and judges for each consumer what the change means to it. */
export async function planTree(
  platform: Pick<Platform, 'store' | 'clock' | 'secret'> & { readonly engine: Pick<Engine, 'parse' | 'boundPlan'> },
  principal: Principal,
  { tree, retire }: { readonly tree: TreeFiles; readonly retire: readonly string[] },
): Promise<Plan> {
  const base = await platform.store.head();
  const parsed = await parseInTurns(tree);
  const stored = (await storedCopies(platform.store)).map((copy) => ({ ...copy, home: homeNow(tree, copy.home) }));
  const plan = await compareTree(
    platform.engine,
    { tree, parsed, stored, base, retire, now: platform.clock.now(), deprecatedAt: await deprecatedSince(platform.store) },
    async ({ before, tables, uses }) => {
      // Who reads what is told to the domain alone; nobody else may apply the change.
      const touched = tables.filter(({ domain }) => maySeeNumbers(before, principal, domain));
      if (touched.length === 0) return new Map();
      return withAcceptances(await readUsages(platform, { mesh: before, tables: touched, uses: await uses() }), await readAcceptances(platform.store));
    },
  );
  return sealPlan(platform.secret, plan);
}

/** What the folder brought under a former name of itself has its home in it still. */
function homeNow({ home, formerHomes = [] }: TreeFiles, stored: Home): Home {
  return stored.kind === 'repository' && formerHomes.includes(stored.id) ? { kind: 'repository', id: home } : stored;
}

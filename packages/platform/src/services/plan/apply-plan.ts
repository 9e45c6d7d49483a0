import { whyNotApply } from '@hanse/core/access/may-apply.ts';
import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { Plan, Step } from '@hanse/core/api/shapes.ts';
import { formatKey, type JsonObject } from '@hanse/core/document/document.ts';
import { meshKinds } from '@hanse/core/mesh/mesh-value.ts';
import { keepsBack, outcomeOf } from '@hanse/core/plan/plan-outcome.ts';
import { addedErrors, type Copy } from '@hanse/core/plan/mesh-errors.ts';
import { UserError } from '../../error.ts';
import type { Store, Write } from '../../store/store.ts';
import { hasChanged } from '../mesh/mesh-view.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';
import type { TableHead } from '../table/table-head.ts';
import { isSealed } from './seal-plan.ts';
import { storedCopies } from './stored-copies.ts';

/** How often a plan is looked at anew because the mesh changed while it was looked at. */
const LOOKS = 3;

/** Makes a plan so in one transaction; `conflict` where a document it is about moved on since, or no longer goes with the rest. */
export async function applyPlan(
  platform: Pick<Platform, 'store' | 'meshes' | 'secret'>,
  principal: Principal,
  { plan, reason, override = false }: { readonly plan: Plan; readonly reason: string; readonly override?: boolean },
): Promise<{ sequence: number; steps: number }> {
  if (!isSealed(platform.secret, plan))
    throw new UserError('invalid', 'the plan was not made by this mesh, or was edited since', 'Plan again: hanse plan --out plan.json.');
  const told = toldReason(plan, reason, override);
  let stale = 'the mesh';
  for (let look = 1; look <= LOOKS; look++) {
    const { mesh, head } = await platform.meshes.current();
    const [refused] = whyNotApply(mesh, principal, plan);
    if (refused !== undefined)
      throw new UserError('denied', `${refused.step.kind} ${refused.step.ref}: ${refused.why}`, 'Ask one of them to apply it, or to add you to domain.yaml.');
    if (principal.kind !== 'operator') await refuseInherited(platform.store, plan);
    const [wrong] = plan.findings.filter((finding) => finding.severity === 'error');
    if (wrong !== undefined) throw new UserError('invalid', wrong.message, wrong.hint);
    const result = await platform.store.transact({
      actor: formatActor(principal),
      intent: told === reason ? 'apply' : 'apply.override',
      reason: told,
      writes: plan.steps.map((step) => writeOf(plan, step)),
      expect: plan.steps.map(({ kind, id, expect }) => ({ kind, id, version: expect === 0 ? 'absent' : expect })),
      // What was looked at as a whole is what is changed.
      unchanged: { kinds: meshKinds, since: await goesWith(platform.store, plan, head) },
    });
    if (result.kind === 'committed') return { sequence: result.entry.sequence, steps: plan.steps.length };
    if (result.kind === 'conflict') stale = `${result.key.kind} ${result.key.id}`;
    if (result.kind === 'conflict' && plan.steps.some(({ kind, id }) => kind === result.key.kind && id === result.key.id)) break;
  }
  throw new UserError('conflict', `the plan is stale: ${stale} changed after log number ${plan.base}`, 'Plan again, look, then apply.');
}

/** The reason as it is on record. Whoever goes ahead although a consumer breaks says why, and whom it breaks stands beside it. */
function toldReason(plan: Plan, reason: string, override: boolean): string {
  const outcome = outcomeOf(plan);
  if (outcome !== 'breaks' && outcome !== 'unknown') return reason;
  if (!override)
    throw new UserError(
      'conflict',
      'nothing was applied: the plan breaks consumers, or cannot know',
      'Publish a new major version, wait for the notice, let the consumers accept it, or override it with a reason: --break --reason <why>.',
    );
  if (reason.trim() === '') throw new UserError('invalid', 'nothing was applied: who overrides a break says why', 'Add a reason: --break --reason <why>.');
  return `${reason}${OVERRIDDEN}${overridden(plan)}`;
}

/** Stands between a reason and whom the change broke. */
export const OVERRIDDEN = '\nOverridden: ';

/** So many are named in the log; the others are counted. */
const NAMED = 100;

function overridden({ steps }: Plan): string {
  const held = steps.flatMap(({ effects }) => effects).filter(keepsBack);
  const told = [
    ...new Set(
      held.map(
        ({ consumer, verdict, change, table }) =>
          `${verdict === 'breaks' ? 'breaks' : 'may break'} ${consumer}: ${change}${table === null ? '' : ` (${table})`}`,
      ),
    ),
  ];
  const more = told.length > NAMED ? `; and ${told.length - NAMED} more` : '';
  return `${told.slice(0, NAMED).join('; ')}${more}`;
}

/** Two plans, each right by itself, may not go together: what came since the plan was made is looked at with it. Returns the log number that was looked at. */
async function goesWith(store: Store, plan: Plan, head: number): Promise<number> {
  if (!(await hasChanged(store, plan.base, head))) return head;
  const before = await storedCopies(store, head);
  const steps = new Map(plan.steps.map((step) => [formatKey(step), step]));
  const isOwn = (copy: Copy) => steps.has(formatKey(copy));
  const after = [
    ...before.filter((copy) => !isOwn(copy)),
    ...plan.steps.flatMap(({ kind, id, body }) => (body === null ? [] : [{ kind, id, body: body as JsonObject }])),
  ];
  const [broken] = addedErrors(before, after, isOwn);
  if (broken === undefined) return head;
  throw new UserError(
    'conflict',
    `the mesh changed after log number ${plan.base}, and the plan no longer goes with it: ${broken.at?.file}: ${broken.message}`,
    `Take what came since into your files, then plan again. ${broken.hint ?? ''}`.trim(),
  );
}

/** Data outlives its documents: a contract id that another domain published under would open what that domain left. */
async function refuseInherited(store: Pick<Store, 'list'>, { steps }: Plan): Promise<void> {
  const created = steps.filter(({ kind, op }) => kind === 'contract' && op === 'create');
  if (created.length === 0) return;
  const heads = (await store.list('table')).map((document) => ({ id: document.id, domain: storedValue<TableHead>(document).domain }));
  for (const step of created) {
    const left = heads.find(({ id, domain }) => id.startsWith(`${step.id}/`) && domain !== step.body?.domain);
    if (left !== undefined)
      throw new UserError(
        'denied',
        `contract ${step.ref}: another domain published data under the id ${step.id}`,
        'Give the contract another id, or ask the person who runs the mesh.',
      );
  }
}

function writeOf(plan: Plan, step: Step): Write {
  const key = { kind: step.kind, id: step.id };
  if (step.op === 'remove' || step.body === null) return { op: 'remove', ...key };
  return { op: 'put', ...key, home: { kind: 'repository', id: plan.home }, body: step.body as JsonObject };
}

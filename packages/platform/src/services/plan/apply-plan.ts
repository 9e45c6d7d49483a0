import { formatPrincipal, type Principal } from '@hanse/core/access/principal.ts';
import type { Plan, Step } from '@hanse/core/api/shapes.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { isMember, type Mesh } from '@hanse/core/mesh/mesh.ts';
import { UserError } from '../../error.ts';
import type { Write } from '../../store/store.ts';
import type { Platform } from '../platform.ts';

/** Makes a plan so in one transaction; `conflict` where a document it is about moved on since. */
export async function applyPlan(
  platform: Pick<Platform, 'store' | 'meshes'>,
  principal: Principal,
  { plan, reason }: { readonly plan: Plan; readonly reason: string },
): Promise<{ sequence: number; steps: number }> {
  const { mesh } = await platform.meshes.current();
  for (const step of plan.steps) refuseForeign(mesh, principal, step);
  const [wrong] = plan.findings.filter((finding) => finding.severity === 'error');
  if (wrong !== undefined) throw new UserError('invalid', wrong.message, wrong.hint);
  const result = await platform.store.transact({
    actor: formatPrincipal(principal),
    intent: 'apply',
    reason,
    writes: plan.steps.map((step) => writeOf(plan, step)),
    expect: plan.steps.map(({ kind, id, expect }) => ({ kind, id, version: expect === 0 ? 'absent' : expect })),
  });
  if (result.kind === 'committed') return { sequence: result.entry.sequence, steps: plan.steps.length };
  const stale = result.kind === 'conflict' ? `${result.key.kind} ${result.key.id}` : 'the mesh';
  throw new UserError('conflict', `the plan is stale: ${stale} changed after log number ${plan.base}`, 'Plan again, look, then apply.');
}

function writeOf(plan: Plan, step: Step): Write {
  const key = { kind: step.kind, id: step.id };
  if (step.op === 'remove' || step.body === null) return { op: 'remove', ...key };
  return { op: 'put', ...key, home: { kind: 'repository', id: plan.home }, body: step.body as JsonObject };
}

/** Only members change what belongs to their domain; a domain that is new is its first owner's. */
function refuseForeign(mesh: Mesh, principal: Principal, step: Step): void {
  if (principal.kind === 'operator') return;
  const body = step.body as JsonObject | null;
  const name = step.kind === 'domain' ? step.id : domainOf(mesh, step, body);
  const domain = mesh.domains.get(name);
  if (principal.kind === 'person' && (isMember(domain, principal.username) || (domain === undefined && step.kind === 'domain'))) return;
  throw new UserError('denied', `${step.kind} ${step.ref} belongs to ${name}, of which ${formatPrincipal(principal)} is no member`, 'Its members apply it, or its owner adds you to domain.yaml.');
}

function domainOf(mesh: Mesh, step: Step, body: JsonObject | null): string {
  const stated = body?.domain;
  if (typeof stated === 'string' && step.op === 'create') return stated;
  const known = [...mesh.products.values()].find(
    (product) => product.id === step.id || product.outputPorts.some((port) => port.contractId !== undefined && step.id.startsWith(`${port.contractId}@`)),
  );
  return known?.domain ?? (typeof stated === 'string' ? stated : step.ref.split('/')[0] ?? '');
}

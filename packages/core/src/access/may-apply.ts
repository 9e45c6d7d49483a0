import type { Agreement } from '../agreement/agreement.ts';
import type { Plan, Step } from '../api/shapes.ts';
import { answersFor, isMember, type Mesh } from '../mesh/mesh.ts';
import type { Domain, Product } from '../product/product.ts';
import type { Principal } from './principal.ts';

/**
 * Why a principal may not apply a step of a plan; undefined where they may. Only a domain's members change what is its
 * own, before and after the step; an agreement in force is brought only by who answers for the provider.
 */
export function whyNotApply(mesh: Mesh, principal: Principal, plan: Plan, step: Step): string | undefined {
  if (principal.kind === 'operator') return undefined;
  if (principal.kind !== 'person') return 'only people apply plans';
  const { username } = principal;
  if (step.kind === 'agreement') return whyNotAgreement(mesh, username, plan, step);
  if (step.kind === 'domain' && !mesh.domains.has(step.id)) {
    return valueOf<Domain>(step)?.owner === username ? undefined : `a new domain is applied by its owner, and ${step.id} names another`;
  }
  const foreign = domainsOf(mesh, plan, step).find((name) => !isMember(mesh.domains.get(name) ?? newDomain(plan, name), username));
  return foreign === undefined ? undefined : `it belongs to ${foreign}, of which ${username} is no member`;
}

function whyNotAgreement(mesh: Mesh, username: string, plan: Plan, step: Step): string | undefined {
  const before = mesh.agreements.get(step.id);
  const after = valueOf<Agreement>(step);
  for (const agreement of [before, after]) {
    if (agreement === undefined) continue;
    const provider = productOf(mesh, plan, agreement.provider.productId)?.domain ?? '';
    const asksOnly = agreement.status === 'requested' && isMember(mesh.domains.get(agreement.consumer.domain), username);
    const answers = answersFor(mesh.domains.get(provider) ?? newDomain(plan, provider), username);
    if (!answers && !asksOnly) return `an agreement in force is brought by ${provider}'s owner or stewards, and ${username} is none of them`;
  }
  return after?.status === 'active' && before?.status !== 'active' && after.requestedBy === username ? `${username} asked for it, so somebody else approves it` : undefined;
}

function domainsOf(mesh: Mesh, plan: Plan, step: Step): readonly string[] {
  const stated = typeof step.body?.domain === 'string' ? [step.body.domain] : [];
  switch (step.kind) {
    case 'domain':
      return [step.id];
    case 'product':
      return [mesh.products.get(step.id)?.domain, valueOf<Product>(step)?.domain].filter((name) => name !== undefined);
    case 'build':
      return [productOf(mesh, plan, step.id)?.domain ?? '', ...stated];
    case 'contract':
      return [...new Set([...servingDomains(mesh, step.id), ...stated])];
    case 'agreement':
      return [];
    default:
      return step.kind satisfies never;
  }
}

/** Whoever serves any major of a contract owns its id. */
function servingDomains(mesh: Mesh, key: string): readonly string[] {
  const id = key.slice(0, key.lastIndexOf('@'));
  return [...mesh.products.values()].filter(({ outputPorts }) => outputPorts.some(({ contractId }) => contractId === id)).map(({ domain }) => domain);
}

function productOf(mesh: Mesh, plan: Plan, id: string): Product | undefined {
  const step = plan.steps.find((one) => one.kind === 'product' && one.id === id);
  return mesh.products.get(id) ?? (step === undefined ? undefined : valueOf<Product>(step));
}

function newDomain(plan: Plan, name: string): Domain | undefined {
  const step = plan.steps.find((one) => one.kind === 'domain' && one.id === name);
  return step === undefined ? undefined : valueOf<Domain>(step);
}

/** The body of a step is a parsed document: the mesh seals every plan that it makes. */
function valueOf<Value>(step: Step): Value | undefined {
  return step.body === null ? undefined : (step.body.value as Value);
}

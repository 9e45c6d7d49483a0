import type { Agreement } from '../agreement/agreement.ts';
import type { Plan, Step } from '../api/shapes.ts';
import { answersFor, isMember, type Mesh } from '../mesh/mesh.ts';
import type { Domain, Product } from '../product/product.ts';
import type { Principal } from './principal.ts';

/**
 * Why a principal may not apply a step of a plan; undefined where they may. Only a domain's members change what is its
 * own, before and after the step; who its members are, and agreements in force, are changed only by who answers for it.
 */
export function whyNotApply(mesh: Mesh, principal: Principal, plan: Plan, step: Step): string | undefined {
  if (principal.kind === 'operator') return undefined;
  if (principal.kind !== 'person') return 'only people apply plans';
  const { username } = principal;
  if (step.kind === 'agreement') return whyNotAgreement(mesh, username, plan, step);
  if (step.kind === 'domain') return mesh.domains.has(step.id) ? whyNotDomain(mesh, username, step) : whyNotNewDomain(mesh, username, step);
  const owners = domainsOf(mesh, plan, step);
  if (owners.length === 0) return 'it belongs to no domain';
  const foreign = owners.find((name) => !isMember(domainNamed(mesh, plan, name), username));
  return foreign === undefined ? undefined : `it belongs to ${foreign}, of which ${username} is no member`;
}

/** Who may say who the members are could make anybody an owner. */
function whyNotDomain(mesh: Mesh, username: string, { id }: Step): string | undefined {
  return answersFor(mesh.domains.get(id), username) ? undefined : `it says who belongs to ${id}, which only its owner or stewards change, and ${username} is none of them`;
}

/** A name that was in use may still open what agreements gave to it. */
function whyNotNewDomain(mesh: Mesh, username: string, step: Step): string | undefined {
  if (valueOf<Domain>(step)?.owner !== username) return `a new domain is applied by its owner, and ${step.id} names another`;
  const left = [...mesh.products.values(), ...mesh.contracts.values(), ...[...mesh.agreements.values()].map(({ consumer }) => consumer)];
  return left.some(({ domain }) => domain === step.id) ? `documents of an earlier domain ${step.id} are still there, so only the operator applies it` : undefined;
}

function whyNotAgreement(mesh: Mesh, username: string, plan: Plan, step: Step): string | undefined {
  const before = mesh.agreements.get(step.id);
  const after = valueOf<Agreement>(step);
  for (const agreement of [before, after]) {
    if (agreement === undefined) continue;
    const provider = productOf(mesh, plan, agreement.provider.productId)?.domain;
    if (provider === undefined) return `the product ${agreement.provider.productId}, which it opens, is not there`;
    const asks = agreement.status === 'requested' && agreement.requestedBy === username && isMember(mesh.domains.get(agreement.consumer.domain), username);
    if (!asks && !answersFor(domainNamed(mesh, plan, provider), username)) return `an agreement in force is brought by ${provider}'s owner or stewards, and ${username} is none of them`;
  }
  const approves = after?.status === 'active' && (before?.status !== 'active' || termsOf(before) !== termsOf(after));
  return approves && after.requestedBy === username ? `${username} asked for it, so somebody else approves it` : undefined;
}

/** What an agreement gives, to whom and until when. */
function termsOf({ provider, consumer, role, purpose, onward, start, end }: Agreement): string {
  return JSON.stringify([Object.entries(provider).toSorted(), Object.entries(consumer).toSorted(), role, purpose, onward, start, end]);
}

/** Whose a document is, before and after the step. */
function domainsOf(mesh: Mesh, plan: Plan, step: Step): readonly string[] {
  const stated = typeof step.body?.domain === 'string' ? [step.body.domain] : [];
  switch (step.kind) {
    case 'product':
      return [mesh.products.get(step.id)?.domain, valueOf<Product>(step)?.domain].filter((name) => name !== undefined);
    case 'build':
      return [productOf(mesh, plan, step.id)?.domain ?? '', ...stated];
    case 'contract':
      return [...contractDomains(mesh, step.id), ...stated];
    case 'domain':
    case 'agreement':
      return [];
    default:
      return step.kind satisfies never;
  }
}

/** Whoever holds any major of a contract owns its id. */
function contractDomains(mesh: Mesh, key: string): readonly string[] {
  const id = key.slice(0, key.lastIndexOf('@'));
  const held = [...mesh.contracts.values()].filter((contract) => contract.id === id);
  return held.map(({ domain }) => domain ?? '');
}

function productOf(mesh: Mesh, plan: Plan, id: string): Product | undefined {
  const step = plan.steps.find((one) => one.kind === 'product' && one.id === id);
  return mesh.products.get(id) ?? (step === undefined ? undefined : valueOf<Product>(step));
}

function domainNamed(mesh: Mesh, plan: Plan, name: string): Domain | undefined {
  const step = plan.steps.find((one) => one.kind === 'domain' && one.id === name);
  return mesh.domains.get(name) ?? (step === undefined ? undefined : valueOf<Domain>(step));
}

/** The body of a step is a parsed document: the mesh seals every plan that it makes. */
function valueOf<Value>(step: Step): Value | undefined {
  return step.body === null ? undefined : (step.body.value as Value);
}

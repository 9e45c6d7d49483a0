import type { Agreement } from '../agreement/agreement.ts';
import type { Plan, Step } from '../api/shapes.ts';
import { changedRole, selfGivenRole } from '../contract/compare-rights.ts';
import { answersFor, isMember, type Mesh } from '../mesh/mesh.ts';
import { type MeshDocument, meshOf } from '../mesh/mesh-value.ts';
import { servedTables } from '../mesh/served-table.ts';
import type { Domain, Product } from '../product/product.ts';
import type { Principal } from './principal.ts';

/** A step that a principal may not apply, and why. */
export interface Refusal {
  readonly step: Step;
  readonly why: string;
}

interface Applied {
  readonly username: string;
  readonly mesh: Mesh;
  /** What the plan's own steps bring. */
  readonly brought: Mesh;
  /** Domains that hold any major of a contract, by its id. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
}

/**
 * Why a principal may not apply a plan; empty where they may. Only a domain's members change what is its own, before and
 * after each step. Who its members are, what its roles give and to whom, only its owner or stewards change: whoever may
 * change one of these could give everything.
 */
export function whyNotApply(mesh: Mesh, principal: Principal, plan: Plan): readonly Refusal[] {
  if (principal.kind === 'operator') return [];
  if (principal.kind !== 'person') return plan.steps.map((step) => ({ step, why: 'only people apply plans' }));
  const contracts = [...mesh.contracts.values()];
  const holders = new Map([...Map.groupBy(contracts, ({ id }) => id)].map(([id, held]) => [id, held.map(({ domain }) => domain ?? '')]));
  const applied: Applied = { username: principal.username, mesh, brought: meshOf(plan.steps.flatMap(documentOf)), holders };
  const own = plan.steps.flatMap((step) => whyNotStep(applied, step) ?? []);
  return [...own, ...endedGrants(applied, plan).filter(({ step }) => !own.some((refusal) => refusal.step === step))];
}

function documentOf(step: Step): readonly MeshDocument[] {
  return step.body === null ? [] : [{ kind: step.kind, id: step.id, body: step.body }];
}

function whyNotStep(applied: Applied, step: Step): Refusal | undefined {
  const why =
    step.kind === 'agreement'
      ? whyNotAgreement(applied, step)
      : step.kind === 'domain'
        ? whyNotDomain(applied, step)
        : (whyNotMember(applied, step) ?? (step.kind === 'contract' ? whyNotRoles(applied, step) : undefined));
  return why === undefined ? undefined : { step, why };
}

function whyNotMember(applied: Applied, step: Step): string | undefined {
  const owners = domainsOf(applied, step);
  if (owners.length === 0) return 'it belongs to no domain';
  const foreign = owners.find((name) => !isMember(domainNamed(applied, name), applied.username));
  return foreign === undefined ? undefined : `it belongs to ${foreign}, of which ${applied.username} is no member`;
}

/** Who may say who the members are could make anybody an owner. A name that was in use may still open what agreements gave to it. */
function whyNotDomain({ mesh, brought, username }: Applied, { id }: Step): string | undefined {
  const known = mesh.domains.get(id);
  if (known !== undefined)
    return answersFor(known, username) ? undefined : `it says who belongs to ${id}, which only its owner or stewards change, and ${username} is none of them`;
  if (brought.domains.get(id)?.owner !== username) return `a new domain is applied by its owner, and ${id} names another`;
  const left = [...mesh.products.values(), ...mesh.contracts.values(), ...[...mesh.agreements.values()].map(({ consumer }) => consumer)];
  return left.some(({ domain }) => domain === id) ? `documents of an earlier domain ${id} are still there, so only the operator applies it` : undefined;
}

/** A member adds roles that somebody must still be given; what a role gives, and who gives it, is for those who answer for that. */
function whyNotRoles(applied: Applied, { id }: Step): string | undefined {
  const [before, after] = [applied.mesh.contracts.get(id), applied.brought.contracts.get(id)];
  if (after === undefined || answersFor(domainNamed(applied, after.domain ?? ''), applied.username)) return undefined;
  const only = `which only ${after.domain}'s owner or stewards do, and ${applied.username} is none of them`;
  const changed = before === undefined ? undefined : changedRole(before, after);
  if (changed !== undefined) return `it changes what the role ${changed} gives, ${only}`;
  const own = selfGivenRole(before, after);
  return own === undefined ? undefined : `it lets the role ${own} be given without them, ${only}`;
}

/** What agreements in force give and the plan takes away. */
function endedGrants({ mesh, brought, username }: Applied, plan: Plan): readonly Refusal[] {
  const steps = new Map(plan.steps.map((step) => [`${step.kind} ${step.id}`, step]));
  const removed = (kind: Step['kind'], id: string) => steps.get(`${kind} ${id}`)?.op === 'remove';
  const left = <Value>(kind: Step['kind'], before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>) =>
    new Map([...[...before].filter(([id]) => !removed(kind, id)), ...after]);
  const next: Mesh = { ...mesh, products: left('product', mesh.products, brought.products), contracts: left('contract', mesh.contracts, brought.contracts) };
  const placeOf = (table: { readonly id: string; readonly product: Product; readonly port: { readonly name: string } }) =>
    `${table.product.id}:${table.port.name} ${table.id}`;
  const stays = new Set(servedTables(next).map(placeOf));
  const agreements = Map.groupBy(
    [...mesh.agreements.values()].filter(({ status }) => status === 'active'),
    portOf,
  );
  return servedTables(mesh).flatMap((table) => {
    const [agreement] = agreements.get(`${table.product.id}:${table.port.name}@${table.major}`) ?? [];
    const step = steps.get(`product ${table.product.id}`) ?? steps.get(`contract ${table.contract.id}@${table.major}`);
    if (agreement === undefined || step === undefined || stays.has(placeOf(table)) || answersFor(mesh.domains.get(table.domain), username)) return [];
    return [
      {
        step,
        why: `it takes away ${table.domain}.${table.name}, which agreement ${agreement.id} gives: only ${table.domain}'s owner or stewards end that, and ${username} is none of them`,
      },
    ];
  });
}

function portOf({ provider }: Agreement): string {
  return `${provider.productId}:${provider.port}@${provider.major}`;
}

function whyNotAgreement(applied: Applied, step: Step): string | undefined {
  const { mesh, brought, username } = applied;
  const [before, after] = [mesh.agreements.get(step.id), brought.agreements.get(step.id)];
  for (const agreement of [before, after]) {
    if (agreement === undefined) continue;
    const provider = productNamed(applied, agreement.provider.productId)?.domain;
    if (provider === undefined) return `the product ${agreement.provider.productId}, which it opens, is not there`;
    const asks = agreement.status === 'requested' && agreement.requestedBy === username && isMember(mesh.domains.get(agreement.consumer.domain), username);
    if (!asks && !answersFor(domainNamed(applied, provider), username))
      return `an agreement in force is brought by ${provider}'s owner or stewards, and ${username} is none of them`;
  }
  const approves = after?.status === 'active' && (before?.status !== 'active' || termsOf(before) !== termsOf(after));
  return approves && after.requestedBy === username ? `${username} asked for it, so somebody else approves it` : undefined;
}

/** What an agreement gives, to whom and until when. */
function termsOf({ provider, consumer, role, purpose, onward, start, end }: Agreement): string {
  return JSON.stringify([Object.entries(provider).toSorted(), Object.entries(consumer).toSorted(), role, purpose, onward, start, end]);
}

/** Whose a document is, before and after the step. Whoever holds any major of a contract owns its id. */
function domainsOf(applied: Applied, step: Step): readonly string[] {
  const { mesh, brought, holders } = applied;
  const stated = typeof step.body?.domain === 'string' ? [step.body.domain] : [];
  switch (step.kind) {
    case 'product':
      return [mesh.products.get(step.id)?.domain, brought.products.get(step.id)?.domain].filter((name) => name !== undefined);
    case 'build':
      return [productNamed(applied, step.id)?.domain ?? '', ...stated];
    case 'contract':
      return [...(holders.get(step.id.slice(0, step.id.lastIndexOf('@'))) ?? []), ...stated];
    case 'domain':
    case 'agreement':
      return [];
    default:
      return step.kind satisfies never;
  }
}

function productNamed({ mesh, brought }: Applied, id: string): Product | undefined {
  return mesh.products.get(id) ?? brought.products.get(id);
}

function domainNamed({ mesh, brought }: Applied, name: string): Domain | undefined {
  return mesh.domains.get(name) ?? brought.domains.get(name);
}

import type { Principal } from '@hanse/core/access/principal.ts';
import { type Api, operations, queryInput } from '@hanse/core/api/operations.ts';
import type { Plan } from '@hanse/core/api/shapes.ts';
import { formatKey } from '@hanse/core/document/document.ts';
import { answerAccess } from './agreement/answer-access.ts';
import { listAgreements } from './agreement/list-agreements.ts';
import { requestAccess } from './agreement/request-access.ts';
import { listReads } from './log/list-reads.ts';
import { applyPlan } from './plan/apply-plan.ts';
import type { Platform } from './platform.ts';
import { describeProduct, listProducts } from './product/list-products.ts';
import { answerQuery } from './query/answer-query.ts';
import { describeStatus } from './status/describe-status.ts';
import { createToken } from './token/tokens.ts';

/** The mesh in process, as one principal may use it. What takes long to load, and a query does not need, is loaded when it is called. */
export function createApi(platform: Platform, principal: Principal): Api<AbortSignal> {
  return {
    products: (input) => listProducts(platform, principal, input),
    product: (input) => describeProduct(platform, principal, input),
    plan: async ({ tree, retire }) => (await import('./plan/plan-tree.ts')).planTree(platform, principal, { tree, retire: retire ?? [] }),
    apply: ({ plan, reason }) => applyPlan(platform, principal, { plan: plan as Plan, reason: reason ?? '' }),
    build: async ({ ref, from, force }, call) => (await import('./product/build-products.ts')).buildProducts(platform, principal, { ref, from, force: force ?? false }, call),
    test: async ({ ref }, call) => (await import('./product/test-products.ts')).testProducts(platform, principal, ref, call),
    agreements: ({ status }) => listAgreements(platform, principal, status),
    requestAccess: (input) => requestAccess(platform, principal, input),
    answerAccess: (input) => answerAccess(platform, principal, { ...input, reason: input.reason ?? '' }),
    status: () => describeStatus(platform, principal),
    lineage: async ({ ref }) => (await import('./lineage/describe-lineage.ts')).describeLineage(platform, principal, ref),
    log: async (input) => {
      const { after, limit } = operations.log.input.parse(input);
      const entries = await platform.store.log({ after: after ?? Math.max(0, (await platform.store.head()) - limit), limit });
      return { entries: entries.map(({ sequence, at, actor, intent, reason, hash, writes }) => ({ sequence, at, actor, intent, reason, hash, documents: writes.map(formatKey) })) };
    },
    reads: (input) => listReads(platform, principal, operations.reads.input.parse(input).limit),
    verifyLog: async () => {
      const findings = await platform.store.verify();
      return { entries: await platform.store.head(), findings: findings.map((finding) => ({ ...finding })) };
    },
    collect: async (input, call) => (await import('./collect/collect-garbage.ts')).collectGarbage(platform, principal, { ...operations.collect.input.parse(input), tell: (stage) => call?.progress?.({ ref: 'collect', stage }) }),
    doctor: async (input, call) => (await import('./doctor/examine.ts')).examine(platform, principal, { ...operations.doctor.input.parse(input), tell: (stage) => call?.progress?.({ ref: 'doctor', stage }) }),
    createToken: (input) => createToken(platform, principal, operations.createToken.input.parse(input)),
    query: (input, call) => answerQuery(platform, principal, queryInput.parse(input), call?.signal),
  };
}

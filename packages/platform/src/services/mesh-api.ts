import type { Principal } from '@hanse/core/access/principal.ts';
import type { Operation } from '@hanse/core/api/operation.ts';
import { type Api, type Call, operations, queryInput } from '@hanse/core/api/operations.ts';
import type { z } from 'zod';
import type { AgreementAnswer } from '@hanse/core/api/shapes.ts';
import { acceptChanges } from './agreement/accept-changes.ts';
import { answerAccess } from './agreement/answer-access.ts';
import { listAgreements } from './agreement/list-agreements.ts';
import { requestAccess } from './agreement/request-access.ts';
import { listLog } from './log/list-log.ts';
import { listReads } from './log/list-reads.ts';
import { verifyLog } from './log/verify-log.ts';
import { parseInput } from './parse-input.ts';
import { applyPlan } from './plan/apply-plan.ts';
import type { Platform } from './platform.ts';
import { describeProduct, listProducts } from './product/list-products.ts';
import { answerQuery } from './query/answer-query.ts';
import { describeStatus } from './status/describe-status.ts';
import { createToken } from './token/tokens.ts';

/** The mesh in process, as one principal may use it; inputs are parsed here, whoever calls. What takes long to load, and a query does not need, is loaded when it is called. */
export function createApi(platform: Platform, principal: Principal): Api<AbortSignal> {
  return {
    products: verb(operations.products, (input) => listProducts(platform, principal, input)),
    product: verb(operations.product, (input) => describeProduct(platform, principal, input)),
    plan: verb(operations.plan, async (input) => (await import('./plan/plan-tree.ts')).planTree(platform, principal, input)),
    apply: verb(operations.apply, (input) => applyPlan(platform, principal, input)),
    build: verb(operations.build, async (input, call) => (await import('./product/build-products.ts')).buildProducts(platform, principal, input, call)),
    test: verb(operations.test, async ({ ref }, call) => (await import('./product/test-products.ts')).testProducts(platform, principal, ref, call)),
    checks: verb(operations.checks, async (input) => (await import('./product/list-checks.ts')).listChecks(platform, principal, input)),
    agreements: verb(operations.agreements, ({ status }) => listAgreements(platform, principal, status)),
    requestAccess: verb(operations.requestAccess, async (input) => settled(platform, await requestAccess(platform, principal, input))),
    answerAccess: verb(operations.answerAccess, async (input) => settled(platform, await answerAccess(platform, principal, input))),
    acceptChanges: verb(operations.acceptChanges, (input) => acceptChanges(platform, principal, input)),
    status: verb(operations.status, (input) => describeStatus(platform, principal, input)),
    lineage: verb(operations.lineage, async (input) => (await import('./lineage/describe-lineage.ts')).describeLineage(platform, principal, input)),
    consumers: verb(operations.consumers, async ({ domains }) =>
      (await import('./plan/list-consumers.ts')).listConsumers(platform, principal, domains.split(',')),
    ),
    receiveEvent: verb(operations.receiveEvent, async (input) => (await import('./usage/receive-event.ts')).receiveEvent(platform, principal, input)),
    grants: verb(operations.grants, async (input) => (await import('./grant/settle-grants.ts')).settleGrants(platform, principal, input)),
    readStatements: verb(operations.readStatements, async (input, call) =>
      (await import('./usage/read-statements.ts')).readStatements(platform, input, call?.signal),
    ),
    recordUsage: verb(operations.recordUsage, async (input) => (await import('./usage/record-usage.ts')).recordUsage(platform, principal, input)),
    log: verb(operations.log, (input) => listLog(platform, principal, input)),
    reads: verb(operations.reads, ({ limit }) => listReads(platform, principal, limit)),
    verifyLog: verb(operations.verifyLog, (input) => verifyLog(platform.store, principal, input)),
    collect: verb(operations.collect, async (input, call) =>
      (await import('./collect/collect-garbage.ts')).collectGarbage(platform, principal, {
        ...input,
        tell: (stage) => call?.progress?.({ ref: 'collect', stage }),
      }),
    ),
    doctor: verb(operations.doctor, async (input, call) =>
      (await import('./doctor/examine.ts')).examine(platform, principal, { ...input, tell: (stage) => call?.progress?.({ ref: 'doctor', stage }) }),
    ),
    createToken: verb(operations.createToken, (input) => createToken(platform, principal, input)),
    query: async (input, call) => answerQuery(platform, principal, parseInput(queryInput, input), call?.signal),
  };
}

/** Databases in which agreements are granted follow before the answer is given. */
async function settled(platform: Platform, answer: AgreementAnswer): Promise<AgreementAnswer> {
  if (platform.places.length > 0) await (await import('./grant/settle-grants.ts')).settleAfter(platform, `agreement ${answer.id} is ${answer.status}`);
  return answer;
}

function verb<Input extends z.ZodType, Output extends z.ZodType>(
  { input: shape }: Operation<Input, Output>,
  run: (input: z.output<Input>, call?: Call<AbortSignal>) => Promise<z.output<Output>>,
): (input: z.input<Input>, call?: Call<AbortSignal>) => Promise<z.output<Output>> {
  return async (input, call) => run(parseInput(shape, input), call);
}

import type { Plan, Step } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, filesOf, smallTexts, type Texts } from '../../../../../test/fixtures/small-mesh.ts';
import { planRevisions } from '../plan/plan-revisions.ts';
import { formatConsumersLock } from '@hanse/core/lock/format-consumers-lock.ts';
import { lockOf } from '@hanse/core/lock/lock-of.ts';

let mesh: OpenMesh;
const CONTRACT = 'finance/churn/metrics.odcs.yaml';
const KEY = 'column-removed:metrics:amount';
const base: Texts = { ...smallTexts, 'finance/churn/metrics.sql': "select 'a' as customer, 1 as amount" };
const without = contractText('metrics').replace(/.*name: amount.*\n/, '');
const renamed = contractText('metrics').replace('name: amount,', 'name: total,');

beforeAll(async () => {
  mesh = await openMesh({ texts: base });
  await mesh.apply();
});

afterAll(() => mesh[Symbol.asyncDispose]());

const planOf = (contract: string, texts: Texts = base) =>
  mesh.api('femi').plan({ tree: { home: 'here', files: [...filesOf({ ...texts, [CONTRACT]: contract })] } });
const effectsOf = ({ steps }: Plan): Step['effects'] => steps.flatMap(({ effects }) => effects).filter(({ side }) => side === 'reader');
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
const accept = (who: string, agreement: string, ...changes: string[]) => mesh.api(who).acceptChanges({ agreement, changes, reason: 'we stopped in May' });

test('a plan names its changes, and only the consumer says yes', async () => {
  const { verdict, steps } = await planOf(without);
  expect([verdict, new Set(effectsOf({ steps } as Plan).map(({ key, verdict: own }) => `${key} ${own}`))]).toEqual([
    'breaks',
    new Set([`${KEY} breaks`, `${KEY} safe`]),
  ]);
  expect(await refused(accept('femi', 'a2', KEY))).toBe("agreement a2: you may not accept a change of what it gives: only marketing's owner and stewards may");
  expect(await refused(accept('max', 'a1', KEY))).toBe('agreement a1: you may not accept a change of what it gives: only mia, who reads under it, may');
  expect(await refused(accept('zoe', 'a2', KEY))).toBe('agreement a2: you have none of that name');
});

test('what breaks is accepted once the consumer has said yes, to this change and no other, of this version and no later one', async () => {
  await accept('max', 'a2', KEY);
  const plan = await planOf(without);
  const own = effectsOf(plan).find(({ agreement }) => agreement === 'a2');
  expect([plan.verdict, own?.verdict, own?.accepted]).toEqual(['accepted', 'accepted', { by: 'max', at: expect.any(String), reason: 'we stopped in May' }]);
  expect((await planOf(renamed)).verdict).toBe('breaks');
  const { entries } = await mesh.api('max').log({ limit: 1 });
  expect(entries).toMatchObject([{ actor: 'max', intent: 'agreement.accept', reason: 'we stopped in May', documents: [`acceptance/a2 ${KEY}`] }]);
  expect(await mesh.api('femi').log({ limit: 1 })).toMatchObject({ entries: [{ intent: 'agreement.accept' }] });

  const lock = formatConsumersLock(lockOf(await mesh.api('femi').consumers({ domains: 'finance' })));
  const now = mesh.platform.clock.now();
  const revised = await planRevisions(mesh.platform.engine, {
    base: { home: 'here', files: [...filesOf(base)] },
    head: { home: 'here', files: [...filesOf({ ...base, [CONTRACT]: without })] },
    lock,
    lockDays: 7,
    now,
    retire: [],
  });
  expect(revised.verdict).toBe('accepted');

  await mesh.apply({ [CONTRACT]: contractText('metrics', 'metrics', '1.0.1') });
  expect((await planOf(without.replace('version: 1.0.0', 'version: 1.0.2'))).verdict).toBe('breaks');
});

test('who goes ahead all the same says why, and the log says whom it broke to those whom it concerns', async () => {
  const plan = await planOf(without.replace('version: 1.0.0', 'version: 2.0.0').replace('version: 2.0.0', 'version: 1.1.0'));
  expect(await refused(mesh.api('femi').apply({ plan, reason: 'no time' }))).toBe('nothing was applied: the plan breaks consumers, or cannot know');
  expect(await refused(mesh.api('femi').apply({ plan, override: true, reason: ' ' }))).toBe('nothing was applied: who overrides a break says why');
  await mesh.api('femi').apply({ plan, override: true, reason: 'the law wants it gone' });
  const seenBy = async (who: string) => (await mesh.api(who).log({ limit: 1 })).entries[0];
  const told = {
    actor: 'femi',
    intent: 'apply.override',
    reason: 'the law wants it gone\nOverridden: breaks marketing/spend: column amount is removed (finance/churn:metrics)',
  };
  expect(await seenBy('femi')).toMatchObject(told);
  expect(await seenBy('fred')).toMatchObject(told);
  expect((await seenBy('mia'))?.reason).not.toContain('marketing/spend');
});

import { expect, test } from 'vitest';
import type { Agreement, AgreementStatus } from '../agreement/agreement.ts';
import { meshOf } from '../mesh/mesh-value.ts';
import { documentsOf, smallTexts } from '../../../../test/fixtures/small-mesh.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { servedTables } from '../mesh/served-table.ts';
import { type AnswerVerb, hintForAnswer, whyNotAnswer } from './may-answer.ts';
import type { Principal } from './principal.ts';

/** fred, an analyst of finance, is named as approver of role eu; so is mia, who is not of finance. */
const roles = 'roles:\n  - {role: eu, firstLevelApprovers: "fred, mia"}\n  - role: full\n';
const mesh: Mesh = meshOf(
  documentsOf({ ...smallTexts, 'finance/churn/metrics.odcs.yaml': (smallTexts['finance/churn/metrics.odcs.yaml'] ?? '').replace(/roles:[^]*$/, roles) }),
);
const [table] = servedTables(mesh).filter(({ domain }) => domain === 'finance');

function answer(principal: Principal | string, verb: AnswerVerb, terms: Partial<Agreement> = {}): string | undefined {
  const agreement = mesh.agreements.get('a1');
  if (agreement === undefined || table === undefined) throw new Error('the mesh lacks what the test is about');
  const who: Principal = typeof principal === 'string' ? { kind: 'person', username: principal } : principal;
  return whyNotAnswer(mesh, { principal: who, verb, agreement: { ...agreement, status: 'requested', ...terms }, table });
}

test('a request is approved by who answers for the provider', () => {
  expect(['femi', 'stella', 'fred'].map((who) => answer(who, 'approve'))).toEqual([undefined, undefined, undefined]);
  expect(answer('femi', 'approve', { role: 'full' })).toBeUndefined();
});

test('nobody approves who asked, or who is on the asking side only', () => {
  expect({
    'who asked': answer('stella', 'approve', { requestedBy: 'stella' }),
    'who asked, as the owner': answer('femi', 'approve', { requestedBy: 'femi' }),
    'the asking domain’s owner': answer('max', 'approve'),
    'the asking person': answer('mia', 'approve'),
    'an approver who left the domain': answer('mia', 'approve', { requestedBy: 'max' }),
    'a member whom this role does not name': answer('fred', 'approve', { role: 'full' }),
    'a stranger': answer('nora', 'approve'),
  }).toMatchInlineSnapshot(`
    {
      "a member whom this role does not name": "only finance's owner, stewards and the role's approvers may approve it",
      "a stranger": "only finance's owner, stewards and the role's approvers may approve it",
      "an approver who left the domain": "only finance's owner, stewards and the role's approvers may approve it",
      "the asking domain’s owner": "only finance's owner, stewards and the role's approvers may approve it",
      "the asking person": "only finance's owner, stewards and the role's approvers may approve it",
      "who asked": "you asked for it yourself",
      "who asked, as the owner": "you asked for it yourself",
    }
  `);
  expect(answer('stella', 'approve', { requestedBy: 'mia' }), 'on both sides').toBeUndefined();
});

test('only people answer', () => {
  const others: readonly Principal[] = [{ kind: 'operator', username: 'femi' }, { kind: 'product', productId: 'churn', domain: 'finance' }, { kind: 'guest' }];
  expect(others.map((principal) => answer(principal, 'approve'))).toEqual(Array.from(others, () => 'only a person answers an agreement'));
  expect(answer({ kind: 'person', username: 'femi', by: 'root' }, 'approve')).toBeUndefined();
});

test('who asked may withdraw it, and either side may end it', () => {
  expect(answer('stella', 'reject', { requestedBy: 'stella' })).toBeUndefined();
  expect(['femi', 'stella', 'fred', 'mia'].map((who) => answer(who, 'revoke', { status: 'active' }))).toEqual([undefined, undefined, undefined, undefined]);
  expect(answer('max', 'revoke', { status: 'active', consumer: { kind: 'domain', domain: 'marketing' } })).toBeUndefined();
  expect(answer('mia', 'revoke', { status: 'active', consumer: { kind: 'domain', domain: 'marketing' } })).toBe(
    'you are a member of one of its sides, and do not answer for it',
  );
  expect(answer('max', 'revoke', { status: 'active' })).toBe('you are a member of one of its sides, and do not answer for it');
  expect(answer('nora', 'revoke', { status: 'active' })).toBe('you are on neither side of it');
});

test('renewing is approving again', () => {
  expect(answer('femi', 'renew', { status: 'active' })).toBeUndefined();
  expect(answer('mia', 'renew', { status: 'active' })).toContain('only finance');
  expect(answer('stella', 'renew', { status: 'active', requestedBy: 'stella' })).toBe('you asked for it yourself');
});

test('an answer fits the state that the agreement is in', () => {
  const states: readonly AgreementStatus[] = ['requested', 'active', 'rejected', 'revoked'];
  const verbs: readonly AnswerVerb[] = ['approve', 'reject', 'revoke', 'renew'];
  const table = verbs.map((verb) => [verb, ...states.map((status) => (answer('femi', verb, { status }) === undefined ? status : '-'))].join(' '));
  expect(table).toMatchInlineSnapshot(`
    [
      "approve requested - - -",
      "reject requested - - -",
      "revoke requested active - -",
      "renew - active - -",
    ]
  `);
  expect(answer('femi', 'approve', { status: 'revoked' })).toMatchInlineSnapshot(`"it is revoked, and only requested can be answered with approve"`);
});

test('a refusal says what can be done instead', () => {
  const hint = (username: string, verb: AnswerVerb, terms: Partial<Agreement>) => {
    const agreement = mesh.agreements.get('a1');
    if (agreement === undefined || table === undefined) throw new Error('the mesh lacks what the test is about');
    return hintForAnswer(mesh, { principal: { kind: 'person', username }, verb, agreement: { ...agreement, status: 'requested', ...terms }, table });
  };
  expect([
    hint('femi', 'approve', { status: 'active' }),
    hint('femi', 'renew', {}),
    hint('femi', 'approve', { status: 'revoked' }),
    hint('mia', 'revoke', { status: 'active', consumer: { kind: 'domain', domain: 'marketing' } }),
    hint('stella', 'approve', { requestedBy: 'stella' }),
    hint('mia', 'approve', {}),
  ]).toMatchInlineSnapshot(`
    [
      "Nothing is left to approve. To end it: hanse access revoke a1; for longer: hanse access renew a1 --until <day>.",
      "Approve or reject it first: hanse access approve a1.",
      "What has ended stays ended: request access anew.",
      "Ask the owner of marketing or of finance.",
      "Somebody else who answers for finance does: its owner, a steward or the role's approvers.",
      "Somebody else who answers for finance does: its owner, a steward or the role's approvers.",
    ]
  `);
});

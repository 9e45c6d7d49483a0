import type { Agreement } from '../agreement/agreement.ts';
import type { Role } from '../contract/contract.ts';
import { answersFor, isMember, type Mesh } from '../mesh/mesh.ts';
import type { ServedTable } from '../mesh/served-table.ts';
import type { Principal } from './principal.ts';

export type AnswerVerb = 'approve' | 'reject' | 'revoke' | 'renew';

export interface AnswerQuestion {
  readonly principal: Principal;
  readonly verb: AnswerVerb;
  readonly agreement: Agreement;
  readonly table: ServedTable;
}

const FROM: Readonly<Record<AnswerVerb, readonly Agreement['status'][]>> = {
  approve: ['requested'],
  reject: ['requested'],
  revoke: ['active', 'requested'],
  renew: ['active'],
};

/**
 * Why a person may not answer an agreement; undefined where they may. Only people answer. Approving needs somebody of the
 * providing domain who answers for it (owner, steward, or an approver that the role names) and did not ask.
 */
export function whyNotAnswer(mesh: Mesh, question: AnswerQuestion): string | undefined {
  const { principal, verb, agreement, table } = question;
  if (principal.kind !== 'person') return 'only a person answers an agreement';
  if (!FROM[verb].includes(agreement.status)) return `it is ${agreement.status}, and only ${FROM[verb].join(' or ')} can be answered with ${verb}`;
  const role = table.contract.roles.find((candidate) => candidate.name === agreement.role);
  const provides = isProvider(mesh, table, role, principal.username);
  if (verb === 'revoke') {
    if (provides || isConsumer(mesh, agreement, principal.username)) return undefined;
    const { consumer } = agreement;
    const isMemberOnly = isMember(mesh.domains.get(consumer.domain), principal.username) || isMember(mesh.domains.get(table.domain), principal.username);
    return isMemberOnly ? 'you are a member of one of its sides, and do not answer for it' : 'you are on neither side of it';
  }
  if (!provides) return `only ${table.domain}'s owner, stewards and the role's approvers may ${verb} it`;
  return agreement.requestedBy === principal.username && verb !== 'reject' ? 'you asked for it yourself' : undefined;
}

/** What who may not answer can do instead. */
export function hintForAnswer(mesh: Mesh, { principal, verb, agreement, table }: AnswerQuestion): string {
  const { id, status, consumer } = agreement;
  if (principal.kind !== 'person') return 'Say who you are: --as <username>, or a token of a person.';
  if (!FROM[verb].includes(status)) {
    if (status === 'active') return `Nothing is left to approve. To end it: hanse access revoke ${id}; for longer: hanse access renew ${id} --until <day>.`;
    return status === 'requested' ? `Approve or reject it first: hanse access approve ${id}.` : 'What has ended stays ended: request access anew.';
  }
  if (verb === 'revoke' && isMember(mesh.domains.get(consumer.domain), principal.username))
    return consumer.kind === 'person' ? `Ask ${consumer.username}, or ${table.domain}’s owner.` : `Ask the owner of ${consumer.domain} or of ${table.domain}.`;
  return agreement.requestedBy === principal.username && verb !== 'revoke'
    ? `Somebody else who answers for ${table.domain} does: its owner, a steward or the role's approvers.`
    : `Ask ${table.domain}’s owner.`;
}

function isProvider(mesh: Mesh, table: ServedTable, role: Role | undefined, username: string): boolean {
  const domain = mesh.domains.get(table.domain);
  return answersFor(domain, username) || (isMember(domain, username) && role?.approvers.includes(username) === true);
}

function isConsumer(mesh: Mesh, agreement: Agreement, username: string): boolean {
  const { consumer } = agreement;
  return consumer.kind === 'person' ? consumer.username === username : answersFor(mesh.domains.get(consumer.domain), username);
}

import type { Agreement } from '../agreement/agreement.ts';
import type { Role } from '../contract/contract.ts';
import type { Finding } from '../finding/finding.ts';
import { isMember, type Mesh } from '../mesh/mesh.ts';
import { isAbout, type ServedTable, tableRef } from '../mesh/served-table.ts';
import { covers } from './covers.ts';
import type { Principal } from './principal.ts';

export interface Question {
  readonly principal: Principal;
  /** The majors of one table that the name left open, the newest first; at least one. */
  readonly tables: readonly [ServedTable, ...ServedTable[]];
  readonly purpose?: string;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

export type Decision =
  | { readonly kind: 'allow'; readonly table: ServedTable; readonly role: Role; readonly agreement?: Agreement }
  /** Several agreements are in force: the caller names a purpose. */
  | { readonly kind: 'choose'; readonly agreements: readonly Agreement[]; readonly finding: Finding }
  | { readonly kind: 'deny'; readonly finding: Finding };

/** What the owning domain reads under: everything, on record. */
export const ownerRole: Role = { name: 'owner', approvers: [], standing: false, restriction: { columns: [] } };

/** Who may read a table, in which role and why. Default deny. */
export function decide(mesh: Mesh, question: Question): Decision {
  const [newest] = question.tables;
  if (ownsTable(mesh, question.principal, newest)) {
    const served = question.tables.find((table) => !table.port.deprecated) ?? newest;
    return { kind: 'allow', table: served, role: ownerRole };
  }
  const held = [...mesh.agreements.values()].filter(
    (agreement) => providerTable(question.tables, agreement) !== undefined && covers(mesh, agreement.consumer, question.principal),
  );
  const inForce = held.filter((agreement) => isInForce(agreement, question.now));
  const fitting = question.purpose === undefined ? inForce : inForce.filter((agreement) => agreement.purpose === question.purpose);
  const [only, ...others] = fitting;
  if (only === undefined) return { kind: 'deny', finding: refusal(mesh, question, held, inForce) };
  if (others.length > 0) return { kind: 'choose', agreements: fitting, finding: choice(newest, fitting) };
  return allow(question, only);
}

export function isInForce(agreement: Agreement, now: string): boolean {
  return agreement.status === 'active' && agreement.start <= now && now < agreement.end;
}

/** True where the principal is a member of the owning domain, or one of its products. */
function ownsTable(mesh: Mesh, principal: Principal, table: ServedTable): boolean {
  if (principal.kind === 'product') return principal.domain === table.domain;
  return principal.kind === 'person' && isMember(mesh.domains.get(table.domain), principal.username);
}

function providerTable(tables: readonly ServedTable[], agreement: Agreement): ServedTable | undefined {
  return tables.find((table) => isAbout(agreement, table));
}

function allow(question: Question, agreement: Agreement): Decision {
  const table = providerTable(question.tables, agreement) ?? question.tables[0];
  const role = table.contract.roles.find((candidate) => candidate.name === agreement.role);
  if (role !== undefined) return { kind: 'allow', table, role, agreement };
  const finding: Finding = {
    code: 'access.role-gone',
    severity: 'error',
    ref: tableRef(table),
    message: `agreement ${agreement.id} gives role ${agreement.role}, which the contract ${table.contract.name} ${table.contract.version} no longer has`,
    hint: `Request one of: ${table.contract.roles.map((candidate) => candidate.name).join(', ')}.`,
  };
  return { kind: 'deny', finding };
}

function choice(table: ServedTable, agreements: readonly Agreement[]): Finding {
  return {
    code: 'access.ambiguous',
    severity: 'error',
    ref: tableRef(table),
    message: `${agreements.length} agreements open ${tableRef(table)}: ${byPurpose(agreements)
      .map((one) => `"${one.purpose}" (${one.id}, role ${one.role})`)
      .join(', ')}`,
    hint: 'Name the purpose of this statement: --purpose on the command line, X-Hanse-Purpose over HTTP, SET hanse.purpose in psql.',
  };
}

function refusal(mesh: Mesh, question: Question, held: readonly Agreement[], inForce: readonly Agreement[]): Finding {
  const ref = tableRef(question.tables[0]);
  const roles = question.tables[0].contract.roles.map((role) => role.name).join(', ');
  const product = question.principal.kind === 'product' ? mesh.products.get(question.principal.productId) : undefined;
  const reader = product === undefined ? undefined : `${product.domain}/${product.name}`;
  const request = `Request a role (${roles}): hanse access request ${ref} --role <role>${reader === undefined ? '' : ` --for ${reader}`} --purpose <why> --until <date>.`;
  const severity = 'error';
  if (question.principal.kind === 'operator') {
    return { code: 'access.operator', severity, ref, message: `${ref}: the operator holds no agreement`, hint: 'Say who reads: --as <username>, or a token.' };
  }
  if (inForce.length > 0) {
    const purposes = byPurpose(inForce)
      .map((agreement) => `"${agreement.purpose}"`)
      .join(', ');
    return {
      code: 'access.purpose',
      severity,
      ref,
      message: `${ref}: no agreement in force has the purpose "${question.purpose}"`,
      hint: `In force: ${purposes}.`,
    };
  }
  const last = held.toSorted((a, b) => (a.end < b.end ? 1 : -1))[0];
  if (last === undefined)
    return { code: 'access.none', severity, ref, message: `${ref}: ${reader === undefined ? 'you hold' : `${reader} holds`} no agreement`, hint: request };
  const hint = last.status === 'requested' ? `${question.tables[0].domain} answers it: hanse access approve ${last.id}.` : request;
  return { code: 'access.none', severity, ref, message: `${ref}: agreement ${last.id} ${whyNot(last, question.now)}`, hint };
}

function byPurpose(agreements: readonly Agreement[]): readonly Agreement[] {
  return agreements.toSorted((a, b) => (a.purpose < b.purpose ? -1 : 1));
}

function whyNot(agreement: Agreement, now: string): string {
  switch (agreement.status) {
    case 'requested':
      return 'is requested and not answered yet';
    case 'rejected':
      return `was rejected by ${agreement.answeredBy ?? 'its provider'}: ${agreement.reason ?? 'no reason given'}`;
    case 'revoked':
      return `was revoked by ${agreement.answeredBy ?? 'its provider'}: ${agreement.reason ?? 'no reason given'}`;
    case 'active':
      return now < agreement.start ? `begins on ${agreement.start}` : `ended on ${agreement.end}`;
    default:
      return agreement.status satisfies never;
  }
}

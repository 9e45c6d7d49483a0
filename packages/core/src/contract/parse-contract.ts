import { objectOf } from '../document/json.ts';
import type { SourceDocument } from '../document/source-document.ts';
import { validateStandard } from '../document/validate-standard.ts';
import { boundFindings } from '../document/bound-findings.ts';
import { isError, type Finding } from '../finding/finding.ts';
import { checkContract } from './check-contract.ts';
import type { Contract } from './contract.ts';
import { convertContract } from './convert-contract.ts';
import { defaultRoles, parseRoles } from './parse-roles.ts';

/** An ODCS document as a contract; absent where a finding is an error. */
export function parseContract(document: SourceDocument): { readonly contract?: Contract; readonly findings: readonly Finding[] } {
  const findings = validateStandard(document, 'ODCS');
  if (findings.some(isError)) return { findings };
  const written = objectOf(document.value);
  const { roles, findings: roleFindings } = parseRoles(document, written['roles']);
  const lone = convertContract(written);
  const contract = { ...lone, roles: roles.length > 0 ? roles : defaultRoles(lone.objects) };
  const all = boundFindings([...findings, ...roleFindings, ...checkContract(document, contract)]);
  return all.some(isError) ? { findings: all } : { contract, findings: all };
}

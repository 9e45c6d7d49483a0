import { boundFindings } from '../document/bound-findings.ts';
import { objectOf } from '../document/json.ts';
import type { SourceDocument } from '../document/source-document.ts';
import { validateStandard } from '../document/validate-standard.ts';
import { type Finding, isError } from '../finding/finding.ts';
import { checkObjects, reportIn } from './check-objects.ts';
import type { Contract } from './contract.ts';
import { convertContract } from './convert-contract.ts';

/**
 * An ODCS document whose promises are judged on data somewhere, without a mesh: what only a mesh asks of it (names in SQL, roles)
 * is not asked.
 */
export function parseLoneContract(document: SourceDocument): { readonly contract?: Contract; readonly findings: readonly Finding[] } {
  const findings = validateStandard(document, 'ODCS');
  if (findings.some(isError)) return { findings };
  const contract = convertContract(objectOf(document.value));
  const all = boundFindings([...findings, ...checkObjects(reportIn(document), contract.objects)]);
  return all.some(isError) ? { findings: all } : { contract, findings: all };
}

import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf, optional, textOf, textsOf } from '../document/json.ts';
import type { SourceDocument } from '../document/source-document.ts';
import { validateStandard } from '../document/validate-standard.ts';
import { boundFindings } from '../document/bound-findings.ts';
import type { FindingCode } from '../finding/codes.ts';
import { isError, type Finding } from '../finding/finding.ts';
import { checkContract } from './check-contract.ts';
import type { Contract, SlaProperty } from './contract.ts';
import { parseObject } from './parse-property.ts';
import { defaultRoles, parseRoles } from './parse-roles.ts';

/** An ODCS document as a contract; absent where a finding is an error. */
export function parseContract(document: SourceDocument): { readonly contract?: Contract; readonly findings: readonly Finding[] } {
  const findings = validateStandard(document, 'ODCS');
  if (findings.some(isError)) return { findings };
  const written = objectOf(document.value);
  const { roles, findings: roleFindings } = parseRoles(document, written['roles']);
  const contract = convert(written, roles);
  const all = boundFindings([...findings, ...roleFindings, ...checkContract(document, contract)]);
  return all.some(isError) ? { findings: all } : { contract, findings: all };
}

/**
 * An ODCS document whose promises are judged on data somewhere, without a mesh: what only a mesh asks of it (names in SQL, roles)
 * is not asked.
 */
export function parseLoneContract(document: SourceDocument): { readonly contract?: Contract; readonly findings: readonly Finding[] } {
  const findings = validateStandard(document, 'ODCS');
  if (findings.some(isError)) return { findings };
  const contract = convert(objectOf(document.value), []);
  const all = boundFindings([...findings, ...checkContract(document, { ...contract, roles: [] }).filter(({ code }) => aboutData.has(code))]);
  return all.some(isError) ? { findings: all } : { contract, findings: all };
}

const aboutData: ReadonlySet<FindingCode> = new Set(['contract.duplicate', 'contract.primary-key']);

function convert(written: JsonObject, roles: Contract['roles']): Contract {
  const id = textOf(written['id']) ?? '';
  const objects = listOf(written['schema']).map(parseObject);
  return {
    id,
    version: textOf(written['version']) ?? '',
    apiVersion: textOf(written['apiVersion']) ?? '',
    name: textOf(written['name']) ?? id,
    status: textOf(written['status']) ?? 'active',
    ...optional('description', textOf(objectOf(written['description'])['purpose'])),
    objects,
    roles: roles.length > 0 ? roles : defaultRoles(objects),
    sla: listOf(written['slaProperties']).map((item) => parseSla(objectOf(item), textOf(written['slaDefaultElement']))),
    tags: textsOf(written['tags']),
  };
}

/** ODCS 3.0 names once what all service levels look at. */
function parseSla(written: JsonObject, defaultElement: string | undefined): SlaProperty {
  return {
    ...optional('id', textOf(written['id'])),
    property: textOf(written['property']) ?? '',
    ...optional('value', written['value']),
    ...optional('valueExt', written['valueExt']),
    ...optional('unit', textOf(written['unit'])),
    ...optional('element', textOf(written['element']) ?? defaultElement),
  };
}

import type { JsonValue } from '../document/document.ts';
import { listOf, objectOf, optional, textOf } from '../document/json.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { parseRestriction } from '../restriction/parse-restriction.ts';
import type { Restriction } from '../restriction/restriction.ts';
import type { Role, SchemaObject, SchemaProperty } from './contract.ts';

/** Classifications whose columns the role `plain` leaves out. */
export const restrictedClassifications: ReadonlySet<string> = new Set(['restricted', 'confidential', 'sensitive', 'pii']);

/** The roles of a contract that offers none: everything not classified as restricted, and everything. */
export function defaultRoles(objects: readonly SchemaObject[]): readonly Role[] {
  const hidden = new Set(objects.flatMap((object) => object.properties.filter(isRestricted).map((property) => property.name)));
  const columns = [...hidden].map((column) => ({ column, action: { kind: 'drop' } }) as const);
  return [role('plain', 'Everything that is not classified as restricted.', { columns }), role('full', 'Everything.', { columns: [] })];
}

function role(name: string, description: string, restriction: Restriction<string>): Role {
  return { name, description, approvers: [], standing: false, restriction };
}

function isRestricted(property: SchemaProperty): boolean {
  const parts = [...property.properties, property.items, property.keys, property.values].filter((part) => part !== undefined);
  return restrictedClassifications.has(property.classification?.toLowerCase() ?? '') || parts.some(isRestricted);
}

/** ODCS `roles[]` with the custom properties `restriction` and `approval`. */
export function parseRoles(
  document: SourceDocument,
  written: JsonValue | undefined,
): { readonly roles: readonly Role[]; readonly findings: readonly Finding[] } {
  const parsed = listOf(written).map((item, index) => parseRole(document, item, index));
  return { roles: parsed.map(({ role: each }) => each), findings: parsed.flatMap(({ findings }) => findings) };
}

function parseRole(document: SourceDocument, value: JsonValue, index: number): { readonly role: Role; readonly findings: readonly Finding[] } {
  const written = objectOf(value);
  const custom = listOf(written['customProperties']).map(objectOf);
  const place = custom.findIndex((item) => item['property'] === 'restriction');
  const { restriction, findings } =
    place < 0 ? { restriction: { columns: [] }, findings: [] } : parseRestriction(document, ['roles', index, 'customProperties', place, 'value']);
  const approvers = [written['firstLevelApprovers'], written['secondLevelApprovers']].flatMap((names) => textOf(names)?.split(',') ?? []);
  return {
    role: {
      name: textOf(written['role']) ?? '',
      ...optional('description', textOf(written['description'])),
      approvers: approvers.map((name) => name.trim()).filter((name) => name !== ''),
      standing: custom.some((item) => item['property'] === 'approval' && item['value'] === 'standing'),
      restriction: restriction ?? { columns: [] },
    },
    findings,
  };
}

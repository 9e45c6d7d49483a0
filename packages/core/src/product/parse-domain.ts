import { z } from 'zod';
import { checkShape } from '../document/check-shape.ts';
import { optional } from '../document/json.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import type { Domain, DomainMember } from './product.ts';

const address = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'lower case letters, digits, `_` and `-`, beginning with a letter')
  .refine((text) => !text.includes('__'), { message: 'must not contain `__`', params: { hint: 'Use one `_`: two begin a major version in SQL.' } });
/** DuckDB's own schemas and catalogues, and what builds call their sources: a domain is a schema in SQL. */
const TAKEN = new Set(['system', 'temp', 'memory', 'main', 'pg_temp', 'pg_catalog', 'information_schema', 'source', 'mesh']);
const domainName = address.refine((text) => !TAKEN.has(text), { message: 'is taken in SQL', params: { hint: 'Take another name for the domain.' } });
const member = z.strictObject({
  username: z.string().min(1),
  role: z.enum(['owner', 'steward', 'developer', 'analyst']),
  name: z.string().optional(),
});
const shape = z.strictObject({
  name: domainName,
  description: z.string().optional(),
  owner: z.string().min(1),
  members: z.array(member).optional(),
  level: z.enum(['observe', 'warn', 'block']).optional(),
});

/** `domain.yaml` as a domain. */
export function parseDomain(document: SourceDocument): { readonly domain?: Domain; readonly findings: readonly Finding[] } {
  const { value, findings } = checkShape(document, shape);
  if (value === undefined) return { findings };
  const members = (value.members ?? []).map(convertMember);
  const domain = { name: value.name, owner: value.owner, members, ...optional('description', value.description), ...optional('level', value.level) };
  return { domain, findings };
}

function convertMember({ name, ...each }: z.infer<typeof member>): DomainMember {
  return { ...each, ...optional('name', name) };
}

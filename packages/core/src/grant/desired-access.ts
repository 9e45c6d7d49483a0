import { isInForce } from '../access/decide.ts';
import { covers } from '../access/covers.ts';
import type { Agreement } from '../agreement/agreement.ts';
import { restrictionOn } from '../contract/columns-in-force.ts';
import type { Role } from '../contract/contract.ts';
import type { Finding } from '../finding/finding.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { isAbout, type ServedTable, tableRef } from '../mesh/served-table.ts';
import { bindRestriction } from '../restriction/bind-restriction.ts';
import { assignFieldIds, noColumns } from '../table/assign-field-ids.ts';
import { contractColumns } from '../table/contract-columns.ts';
import type { AccessSchema, AccessView, BaseTable, DesiredAccess } from './access-schema.ts';
import { HASH_KEY, KEY_TABLE, postgresView, whyNoView } from './postgres-view.ts';

export interface AccessQuestion {
  readonly mesh: Mesh;
  readonly meshName: string;
  /** The tables that lie in the database, each with where. */
  readonly tables: readonly { readonly table: ServedTable; readonly base: BaseTable }[];
  /** ISO 8601 in UTC. */
  readonly now: string;
  /** Logins of the database that are not called as people are in the mesh; a product as `finance/churn`. */
  readonly logins: Readonly<Record<string, string>>;
  readonly digest: (text: string) => string;
}

/** How the mesh marks what it made in a database. */
export function markOf(meshName: string): string {
  return `hanse ${meshName}:`;
}

/** What the contracts' roles and the agreements in force open: a schema for each role of each port, and who holds it. */
export function desiredAccess(question: AccessQuestion): { readonly desired: DesiredAccess; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const ports = Map.groupBy(question.tables, ({ table }) => `${table.product.id} ${table.port.name} ${table.major}`);
  const schemas = [...ports.values()].flatMap((tables) => {
    const [first] = tables;
    return first === undefined ? [] : first.table.contract.roles.flatMap((role) => schemaOf(question, { tables, role, first: first.table, findings }));
  });
  const hashes = schemas.some(({ views }) => views.some(({ sql }) => sql.includes(HASH_KEY)));
  const tables = question.tables.map(({ base }) => base);
  // Whoever reads the key undoes the hashes.
  return { desired: { schemas, tables: hashes ? [...tables, KEY_TABLE] : tables, hashes }, findings };
}

interface RoleTables {
  readonly first: ServedTable;
  readonly role: Role;
  readonly tables: AccessQuestion['tables'];
  readonly findings: Finding[];
}

function schemaOf(question: AccessQuestion, asked: RoleTables): readonly AccessSchema[] {
  const { first, role, tables, findings } = asked;
  const views = tables.flatMap(({ table, base }) => viewOf(table, base, role, findings));
  const name = schemaName(first, role.name, question.digest);
  const held = [...question.mesh.agreements.values()].filter((one) => one.role === role.name && isAbout(one, first) && isInForce(one, question.now));
  const members = [...new Set(held.flatMap((agreement) => holders(question, agreement, findings)))].toSorted();
  return [{ name, comment: `${markOf(question.meshName)} ${tableRef(first)}, role ${role.name}`, views, members }];
}

/** A role whose restriction has no form here opens nothing of the table. */
function viewOf(table: ServedTable, base: BaseTable, role: Role, findings: Finding[]): readonly AccessView[] {
  const sql = roleSelect(table, base, role);
  if (typeof sql === 'string') return [{ name: table.name, sql }];
  findings.push(...sql.map((finding) => ({ ...finding, ref: tableRef(table) })));
  return [];
}

/** What a role shows of a table, as a SELECT over it in PostgreSQL; why it has no such form. */
export function roleSelect(table: ServedTable, base: BaseTable, role: Role): string | readonly Finding[] {
  const { columns } = assignFieldIds(noColumns, contractColumns(table.object).columns);
  const bound = bindRestriction(restrictionOn(role, table.object, table.contract), columns);
  if (bound.kind === 'unbound') return bound.findings;
  const why = whyNoView({ columns, restriction: bound.restriction });
  if (why === undefined) return postgresView({ object: table.object, columns, restriction: bound.restriction, table: base });
  return [refused(table, `role ${role.name}: ${why}`, 'Restrict the whole column, or hold the data here.')];
}

function refused(table: ServedTable, message: string, hint: string): Finding {
  return { code: 'access.in-place', severity: 'warning', ref: tableRef(table), message, hint };
}

/** The logins under which an agreement's consumer reads: a person's, a product's, or all of a domain. */
function holders({ mesh, logins }: AccessQuestion, { consumer, provider }: Agreement, findings: Finding[]): readonly string[] {
  const login = (name: string) => (Object.hasOwn(logins, name) ? logins[name] : undefined);
  if (consumer.kind === 'product') {
    const product = mesh.products.get(consumer.productId);
    const name = product === undefined ? consumer.productId : `${product.domain}/${product.name}`;
    const found = login(name);
    if (found !== undefined) return [found];
    findings.push({
      code: 'access.in-place',
      severity: 'warning',
      ref: name,
      message: `${name} has an agreement for ${provider.productId}:${provider.port} and no login in the database`,
      hint: 'Name it in hanse.yaml: under logins of the place.',
    });
    return [];
  }
  const domain = mesh.domains.get(consumer.domain);
  const people = [...new Set([...(domain === undefined ? [] : [domain.owner]), ...(domain?.members ?? []).map(({ username }) => username)])];
  return people.filter((username) => covers(mesh, consumer, { kind: 'person', username })).map((username) => login(username) ?? username);
}

/**
 * A name of PostgreSQL: letters, digits and `_`, at most 63 bytes. Where the words alone could be those of another product or role, a digest of all
 * of them follows: nobody's views are granted to those of another.
 */
function schemaName({ domain, product, port, major }: ServedTable, role: string, digest: (text: string) => string): string {
  const words = [domain, product.name, ...(port.name === product.name ? [] : [port.name]), role, ...(major > 1 ? [`v${major}`] : [])];
  const plain = words
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_');
  const tells = words.every((word) => /^[a-z0-9]+$/.test(word)) && !/^v\d+$/.test(role) && plain.length <= 63;
  return tells ? plain : `${plain.slice(0, 46)}_${digest(JSON.stringify([product.id, port.name, major, role])).slice(0, 16)}`;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface WrittenColumn {
  readonly name: string;
  readonly physicalType: string;
  readonly logicalType: string;
  readonly required?: boolean;
}

/** One table of the domain `air`, and who reads it: `reader-<role>` in the domain `desk` for each role. */
export interface WrittenTable {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
  /** Restrictions as a contract states them, by role. */
  readonly roles: Readonly<Record<string, object>>;
  readonly sql: string;
  readonly build: object;
}

export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** The documents of a mesh with two domains: `air`, which is `ann`'s, owns the tables, and people of `desk` read them. JSON is YAML. */
export function meshDocuments(tables: readonly WrittenTable[], roots: readonly string[]): readonly WrittenFile[] {
  const roles = [...new Set(tables.flatMap((table) => Object.keys(table.roles)))];
  const readers = roles.map((role) => ({ username: readerOf(role), role: 'analyst' }));
  return [
    { path: 'hanse.yaml', text: json({ mesh: 'bench', repository: 'bench', sources: { air: { folders: roots } } }) },
    { path: 'air/domain.yaml', text: json({ name: 'air', owner: 'ann' }) },
    { path: 'desk/domain.yaml', text: json({ name: 'desk', owner: 'dora', members: readers }) },
    ...tables.flatMap(tableFiles),
  ];
}

export function readerOf(role: string): string {
  return `reader-${role}`;
}

export async function writeDocuments(folder: string, files: readonly WrittenFile[]): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function tableFiles({ name, columns, roles, sql, build }: WrittenTable): readonly WrittenFile[] {
  const folder = `air/${name}`;
  return [
    { path: `${folder}/${name}.odps.yaml`, text: json(product(name)) },
    { path: `${folder}/${name}.odcs.yaml`, text: json(contract(name, columns, roles)) },
    { path: `${folder}/${name}.sql`, text: sql },
    { path: `${folder}/build.yaml`, text: json(build) },
    ...Object.keys(roles).map((role) => ({ path: `agreements/${name}-${role}.oaas.yaml`, text: json(agreement(name, role)) })),
  ];
}

function product(name: string) {
  return {
    apiVersion: 'v1.1.0',
    kind: 'DataProduct',
    id: name,
    name,
    domain: 'air',
    version: '1.0.0',
    status: 'active',
    description: { purpose: 'Measured.' },
    outputPorts: [{ name, version: '1.0.0', contractId: `${name}-contract` }],
  };
}

function contract(name: string, columns: readonly WrittenColumn[], roles: WrittenTable['roles']) {
  return {
    apiVersion: 'v3.2.0',
    kind: 'DataContract',
    id: `${name}-contract`,
    name,
    version: '1.0.0',
    status: 'active',
    domain: 'air',
    schema: [{ id: name, name, logicalType: 'object', physicalType: 'table', properties: columns.map((column) => ({ id: column.name, ...column })) }],
    roles: Object.entries(roles).map(([role, restriction]) => ({
      role,
      access: 'read',
      firstLevelApprovers: 'ann',
      customProperties: [{ property: 'restriction', value: restriction }],
    })),
  };
}

function agreement(name: string, role: string) {
  return {
    apiVersion: 'v0.9.0',
    kind: 'AccessAgreement',
    id: `${name}-${role}`,
    status: 'approved',
    startTimestamp: '2026-01-01T00:00:00Z',
    endTimestamp: '2060-12-31T23:59:59Z',
    description: { purpose: 'Measured.' },
    provider: { teamId: 'air', dataProductId: name, outputPortId: name, dataContractId: `${name}-contract`, dataContractVersion: '1.0.0' },
    consumer: { teamId: 'desk', userId: readerOf(role) },
    roles: [{ role }],
    customProperties: [
      { property: 'requestedBy', value: readerOf(role) },
      { property: 'answeredBy', value: 'ann' },
      { property: 'reason', value: 'Measured.' },
    ],
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

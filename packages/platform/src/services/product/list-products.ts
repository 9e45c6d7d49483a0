import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { ProductAnswer, TableAnswer } from '@hanse/core/api/shapes.ts';
import { restrictionOn } from '@hanse/core/contract/columns-in-force.ts';
import type { Role } from '@hanse/core/contract/contract.ts';
import type { Product } from '@hanse/core/product/product.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import { isColumn } from '@hanse/core/table/contract-columns.ts';
import { UserError } from '../../error.ts';
import { readMesh } from '../mesh/mesh-view.ts';
import { sequenceOf } from '../mesh/sequence-of.ts';
import { custodyOf } from './custody-of.ts';
import { maySeeNumbers, withoutNumbers } from '../mesh/may-see.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { readChecks, readHead, type TableHead } from '../table/table-head.ts';

/** Every product with its tables and what is published of them, by domain and name. */
export async function listProducts(
  platform: Pick<Platform, 'store' | 'meshes'>,
  principal: Principal,
  { domain, asOf }: OperationInput<'products'>,
): Promise<OperationOutput<'products'>> {
  const sequence = asOf === undefined ? undefined : await sequenceOf(platform.store, asOf);
  const now = sequence === undefined ? await platform.meshes.current() : { head: sequence, ...(await readMesh(platform.store, sequence)) };
  const products = [...now.mesh.products.values()].filter((product) => domain === undefined || product.domain === domain);
  const described = await Promise.all(products.map((product) => describe(platform, { now, principal, asOf: sequence }, product)));
  return { products: described.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)) };
}

interface View {
  readonly now: MeshNow;
  readonly principal: Principal;
  /** A log number of the past. */
  readonly asOf?: number | undefined;
}

async function describe(platform: Pick<Platform, 'store'>, view: View, product: Product): Promise<ProductAnswer> {
  const { now } = view;
  const tables = now.tables.filter((table) => table.product.id === product.id);
  return {
    ref: `${product.domain}/${product.name}`,
    id: product.id,
    version: product.version ?? null,
    status: product.status,
    purpose: product.purpose ?? null,
    owner: now.mesh.domains.get(product.domain)?.owner ?? '',
    tables: await Promise.all(tables.map(async (table) => describeTable(view, table, await readHead(platform, table.id, view.asOf)))),
  };
}

export function describeTable({ now, principal }: View, table: ServedTable, head: TableHead | undefined): TableAnswer {
  return {
    ref: tableRef(table),
    sql: `${table.domain}.${table.name}`,
    major: table.major,
    deprecated: table.port.deprecated,
    contract: { id: table.contract.id, version: table.contract.version, state: head?.state ?? 'unpublished' },
    custody: custodyOf(table, now.mesh.builds.get(table.product.id), head !== undefined),
    roles: table.contract.roles.map(({ name }) => name),
    snapshot: head?.snapshot ?? null,
    rows: maySeeNumbers(now.mesh, principal, table.domain) ? (head?.rows ?? null) : null,
    publishedAt: head?.publishedAt ?? null,
    ...(head?.samples !== undefined && { samples: [...head.samples] }),
  };
}

/** One product with columns, the last checks and what its tables are built from. */
export async function describeProduct(
  platform: Pick<Platform, 'store' | 'meshes' | 'places'>,
  principal: Principal,
  { domain, product: name }: OperationInput<'product'>,
): Promise<OperationOutput<'product'>> {
  const now = await platform.meshes.current();
  const product = [...now.mesh.products.values()].find((one) => one.domain === domain && one.name === name);
  if (product === undefined) throw new UserError('missing', `${domain}/${name}: there is no such product`, 'List them with: hanse products.');
  const described = await describe(platform, { now, principal }, product);
  const tables = now.tables.filter((table) => table.product.id === product.id);
  return { ...described, tables: await Promise.all(tables.map((table) => describeWhole(platform, { now, principal }, table))) };
}

function restricts({ object, contract }: ServedTable, role: Role, name: string): boolean {
  return restrictionOn(role, object, contract).columns.some(({ column }) => column === name);
}

async function describeWhole(
  platform: Pick<Platform, 'store' | 'places'>,
  view: View,
  table: ServedTable,
): Promise<OperationOutput<'product'>['tables'][number]> {
  const head = await readHead(platform, table.id);
  const checks = (await readChecks(platform, table.id))?.checks ?? [];
  const { now, principal } = view;
  const inputs = table.product.inputPorts.flatMap((port) => now.tables.filter((one) => one.contract.id === port.contractId).map(tableRef));
  return {
    ...describeTable(view, table, head),
    columns: table.object.properties.filter(isColumn).map((property) => ({
      name: property.name,
      type: property.physicalType ?? property.logicalType ?? '',
      description: property.description ?? null,
      classification: property.classification ?? null,
      required: property.required,
      hiddenFrom: table.contract.roles.filter((role) => restricts(table, role, property.name)).map((role) => role.name),
    })),
    checks: maySeeNumbers(now.mesh, principal, table.domain) ? [...checks] : checks.map(withoutNumbers),
    inputs: [...new Set(inputs)],
    coverage: (await import('./describe-coverage.ts')).describeCoverage(platform, now, table, head !== undefined),
  };
}

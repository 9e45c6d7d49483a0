import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { ProductAnswer, TableAnswer } from '@hanse/core/api/shapes.ts';
import { restrictionOn } from '@hanse/core/contract/columns-in-force.ts';
import type { Product } from '@hanse/core/product/product.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { UserError } from '../../error.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { readChecks, readHead, type TableHead } from '../table/table-head.ts';

/** Every product with its tables and what is published of them, by domain and name. */
export async function listProducts(platform: Pick<Platform, 'store' | 'meshes'>, domain?: string): Promise<{ products: ProductAnswer[] }> {
  const now = await platform.meshes.current();
  const products = [...now.mesh.products.values()].filter((product) => domain === undefined || product.domain === domain);
  const described = await Promise.all(products.map((product) => describe(platform, now, product)));
  return { products: described.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)) };
}

async function describe(platform: Pick<Platform, 'store'>, now: MeshNow, product: Product): Promise<ProductAnswer> {
  const tables = now.tables.filter((table) => table.product.id === product.id);
  return {
    ref: `${product.domain}/${product.name}`,
    id: product.id,
    version: product.version ?? null,
    status: product.status,
    purpose: product.purpose ?? null,
    owner: now.mesh.domains.get(product.domain)?.owner ?? '',
    tables: await Promise.all(tables.map(async (table) => describeTable(table, await readHead(platform, table.id)))),
  };
}

export function describeTable(table: ServedTable, head: TableHead | undefined): TableAnswer {
  return {
    ref: tableRef(table),
    sql: `${table.domain}.${table.name}`,
    major: table.major,
    deprecated: table.port.deprecated,
    contract: { id: table.contract.id, version: table.contract.version, state: head?.state ?? 'unpublished' },
    custody: 'held',
    roles: table.contract.roles.map(({ name }) => name),
    snapshot: head?.snapshot ?? null,
    rows: head?.rows ?? null,
    publishedAt: head?.publishedAt ?? null,
  };
}

/** One product with columns, the last checks and what its tables are built from. */
export async function describeProduct(platform: Pick<Platform, 'store' | 'meshes'>, { domain, product: name }: { readonly domain: string; readonly product: string }): Promise<OperationOutput<'product'>> {
  const now = await platform.meshes.current();
  const product = [...now.mesh.products.values()].find((one) => one.domain === domain && one.name === name);
  if (product === undefined) throw new UserError('missing', `${domain}/${name}: there is no such product`, 'List them with: hanse products.');
  const described = await describe(platform, now, product);
  const tables = now.tables.filter((table) => table.product.id === product.id);
  return { ...described, tables: await Promise.all(tables.map((table) => describeWhole(platform, now, table))) };
}

async function describeWhole(platform: Pick<Platform, 'store'>, now: MeshNow, table: ServedTable): Promise<OperationOutput<'product'>['tables'][number]> {
  const head = await readHead(platform, table.id);
  const checks = await readChecks(platform, table.id);
  const inputs = table.product.inputPorts.flatMap((port) => now.tables.filter((one) => one.contract.id === port.contractId).map(tableRef));
  return {
    ...describeTable(table, head),
    columns: table.object.properties.map((property) => ({
      name: property.name,
      type: property.physicalType ?? property.logicalType ?? '',
      description: property.description ?? null,
      classification: property.classification ?? null,
      required: property.required,
      hiddenFrom: table.contract.roles.filter((role) => restrictionOn(role, table.object, table.contract).columns.some(({ column }) => column === property.name)).map((role) => role.name),
    })),
    checks: (checks?.checks ?? []).map((check) => ({ ...check, sample: [] })),
    inputs: [...new Set(inputs)],
  };
}

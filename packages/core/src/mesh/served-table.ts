import type { Agreement } from '../agreement/agreement.ts';
import type { Contract, SchemaObject } from '../contract/contract.ts';
import type { OutputPort, Product } from '../product/product.ts';
import { formatRef, splitMajor } from '../ref/ref.ts';
import type { TableName } from '../sql/table-name.ts';
import { contractKey, majorOf, type Mesh } from './mesh.ts';

/** One object of one contract behind one output port: a table that SQL can name. */
export interface ServedTable {
  /** `<contract id>@<major>/<object id>`: stays when anything is renamed. */
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly major: number;
  readonly product: Product;
  readonly port: OutputPort;
  readonly contract: Contract;
  readonly object: SchemaObject;
}

export function servedTables(mesh: Mesh): readonly ServedTable[] {
  return [...mesh.products.values()].flatMap((product) => product.outputPorts.flatMap((port) => tablesOfPort(mesh, product, port)));
}

function tablesOfPort(mesh: Mesh, product: Product, port: OutputPort): readonly ServedTable[] {
  const major = majorOf(port.version);
  const contract = port.contractId === undefined ? undefined : mesh.contracts.get(`${port.contractId}@${major}`);
  if (contract === undefined || !mayServe(product, contract)) return [];
  return contract.objects.map((object) => ({
    id: `${contractKey(contract)}/${object.id}`,
    domain: product.domain,
    name: object.name,
    major,
    product,
    port,
    contract,
    object,
  }));
}

/** A contract's tables belong to its domain: a product elsewhere that names it would read them as an owner. */
export function mayServe(product: Product, contract: Contract): boolean {
  return contract.domain === undefined || contract.domain === product.domain;
}

/** True where an agreement is about a table: its product, port and major. */
export function isAbout({ provider }: Pick<Agreement, 'provider'>, table: ServedTable): boolean {
  return provider.productId === table.product.id && provider.port === table.port.name && provider.major === table.major;
}

/** All majors of the table that SQL names, the newest first; only the pinned one where the name pins. */
export function findTables(tables: readonly ServedTable[], table: TableName): readonly ServedTable[] {
  const { name, major } = splitMajor(table.name);
  return tables
    .filter((served) => served.domain === table.schema && served.name === name && (major === undefined || served.major === major))
    .toSorted((a, b) => b.major - a.major);
}

/** `findTables` for many names: looks through the tables once. */
export function tableFinder(tables: readonly ServedTable[]): (table: TableName) => readonly ServedTable[] {
  const byName = Map.groupBy(tables, ({ domain, name }) => `${domain}.${name}`);
  return (table) => findTables(byName.get(`${table.schema}.${splitMajor(table.name).name}`) ?? [], table);
}

/** `finance.metrics__v2`: always with its major. */
export function pinnedName(table: ServedTable): string {
  return `${table.domain}.${table.name}__v${table.major}`;
}

/** What a build's own source is called in the mesh: `operations/flights/source.delays`. */
export function sourceName({ domain, product }: Pick<ServedTable, 'domain' | 'product'>, source: string): string {
  return `${domain}/${product.name}/source.${source}`;
}

/** The object's name, with its major where the product serves a newer one: how its SQL file is called. */
export function statementNames(table: ServedTable): readonly string[] {
  const newest = Math.max(...table.product.outputPorts.filter((port) => port.name === table.port.name).map((port) => majorOf(port.version)));
  const pinned = `${table.name}__v${table.major}`;
  return table.major === newest ? [table.name, pinned] : [pinned];
}

/** `finance/churn:metrics`, with the major where an older one is meant. */
export function tableRef(table: ServedTable): string {
  const older = table.product.outputPorts.some((port) => port.name === table.port.name && majorOf(port.version) > table.major);
  return formatRef({
    domain: table.domain,
    product: table.product.name,
    port: table.name,
    ...(older && { major: table.major }),
  });
}

import type { Agreement } from '../agreement/agreement.ts';
import type { Contract } from '../contract/contract.ts';
import type { Finding } from '../finding/finding.ts';
import { contractKey, type Mesh } from '../mesh/mesh.ts';
import { type ServedTable, tableRef } from '../mesh/served-table.ts';
import type { BuildFile } from '../product/build-file.ts';
import type { Domain, Product } from '../product/product.ts';
import { splitMajor } from '../ref/ref.ts';
import { checkAgreement } from './check-agreement.ts';
import { checkCycles } from './check-cycles.ts';
import { checkInputs, checkProduct } from './check-ports.ts';
import { didYouMean } from './did-you-mean.ts';
import { type KnownMesh, knownMesh } from './known-mesh.ts';
import { type Placed, reportAt } from './placed.ts';
import type { Path } from './source-document.ts';

export interface MeshDocuments {
  readonly domains: readonly Placed<Domain>[];
  readonly products: readonly Placed<Product>[];
  readonly contracts: readonly Placed<Contract>[];
  readonly agreements: readonly Placed<Agreement>[];
  readonly builds: readonly Placed<{ readonly productId: string; readonly file: BuildFile }>[];
}

/**
 * What can only be said of all documents together. What may still lie in a repository that is not at hand is a warning;
 * what contradicts something at hand is an error.
 */
export function checkMesh(documents: MeshDocuments): readonly Finding[] {
  const known = knownMesh(meshOf(documents));
  const { mesh } = known;
  return [
    ...checkIdentities(documents),
    ...documents.products.flatMap((product) => checkProduct(mesh, product)),
    ...documents.products.flatMap((product) => checkInputs(known, product)),
    ...checkCycles(known, documents.products),
    ...checkTables(documents, known.tables),
    ...documents.agreements.flatMap((agreement) => checkAgreement(mesh, agreement)),
    ...documents.builds.flatMap((build) => checkBuild(known, build)),
  ];
}

function meshOf(documents: MeshDocuments): Mesh {
  return {
    domains: new Map(documents.domains.map(({ item }) => [item.name, item])),
    products: new Map(documents.products.map(({ item }) => [item.id, item])),
    contracts: new Map(documents.contracts.map(({ item }) => [contractKey(item), item])),
    agreements: new Map(documents.agreements.map(({ item }) => [item.id, item])),
    builds: new Map(),
  };
}

function checkIdentities(documents: MeshDocuments): readonly Finding[] {
  const address = ({ domain, name }: Product): string => `${domain}/${name}`;
  return [
    ...duplicates(documents.domains, { path: ['name'], thing: 'domain', key: (domain) => domain.name }),
    ...duplicates(documents.products, { path: ['id'], thing: 'product with the id', key: (product) => product.id }),
    ...duplicates(documents.products, { path: ['name'], thing: 'product', key: address }),
    ...duplicates(documents.contracts, { path: ['id'], thing: 'contract (id and major version)', key: contractKey }),
    ...duplicates(documents.agreements, { path: ['id'], thing: 'agreement', key: (agreement) => agreement.id }),
  ];
}

interface Identity<T> {
  readonly path: Path;
  readonly thing: string;
  readonly key: (item: T) => string;
}

function duplicates<T>(placed: readonly Placed<T>[], { path, thing, key }: Identity<T>): readonly Finding[] {
  const first = new Map<string, Placed<T>>();
  return placed.flatMap((each) => {
    const earlier = first.get(key(each.item));
    if (earlier === undefined) first.set(key(each.item), each);
    if (earlier === undefined) return [];
    const place = earlier.source?.file ?? earlier.path ?? each.source?.file ?? 'another repository';
    return reportAt(each.source === undefined ? earlier : each, 'mesh.duplicate', path, {
      message: `there already is a ${thing} \`${key(each.item)}\`, in ${place}`,
      hint: 'Give one of the two another.',
    });
  });
}

function checkTables(documents: MeshDocuments, tables: readonly ServedTable[]): readonly Finding[] {
  const first = new Map<string, ServedTable>();
  return tables.flatMap((table) => {
    const name = `${table.domain}.${table.name.toLowerCase()}`;
    const other = first.get(name);
    if (other === undefined) first.set(name, table);
    if (other === undefined || (other.product.id === table.product.id && other.major !== table.major)) return [];
    const placed = documents.products.find(({ item }) => item === table.product) ?? { item: table.product };
    const index = table.product.outputPorts.indexOf(table.port);
    return reportAt(placed, 'mesh.table', ['outputPorts', index], {
      message: `the table \`${table.domain}.${table.name}\` is served by ${tableRef(table)} and by ${tableRef(other)}`,
      hint: 'Rename the object in one of their contracts: a table name is unique in its domain.',
    });
  });
}

function checkBuild({ mesh, byProduct }: KnownMesh, placed: Placed<MeshDocuments['builds'][number]['item']>): readonly Finding[] {
  const { productId, file } = placed.item;
  const product = mesh.products.get(productId);
  const names = (byProduct.get(productId) ?? []).map(({ name }) => name);
  if (product === undefined || names.length === 0) return [];
  return Object.keys(file.objects).flatMap((object) => {
    if (names.includes(splitMajor(object).name)) return [];
    return reportAt(placed, 'mesh.build', ['objects', object], {
      message: `no contract of ${product.domain}/${product.name} has the object \`${object}\``,
      hint: didYouMean(object, names, `Its objects are ${names.join(', ')}.`),
    });
  });
}

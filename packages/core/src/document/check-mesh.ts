import type { Agreement } from '../agreement/agreement.ts';
import type { Contract } from '../contract/contract.ts';
import type { FindingCode } from '../finding/codes.ts';
import type { Finding, Severity } from '../finding/finding.ts';
import { contractKey, majorOf, type Mesh } from '../mesh/mesh.ts';
import { mayServe, type ServedTable, servedTables, tableRef } from '../mesh/served-table.ts';
import type { BuildFile } from '../product/build-file.ts';
import type { Domain, InputPort, Product } from '../product/product.ts';
import { splitMajor } from '../ref/ref.ts';
import { didYouMean } from './did-you-mean.ts';
import { objectOf } from './json.ts';
import { positionOf, type Path, type SourceDocument } from './source-document.ts';

/** A parsed document and the file it comes from; none for what is known from elsewhere, which is not checked itself. */
export interface Placed<T> {
  readonly item: T;
  readonly source?: SourceDocument;
}

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
  const mesh = meshOf(documents);
  const tables = servedTables(mesh);
  return [
    ...checkIdentities(documents),
    ...documents.products.flatMap((product) => checkProduct(mesh, product)),
    ...documents.products.flatMap((product) => checkInputs(mesh, tables, product)),
    ...checkTables(documents, tables),
    ...documents.agreements.flatMap((agreement) => checkAgreement(mesh, agreement)),
    ...documents.builds.flatMap((build) => checkBuild(mesh, tables, build)),
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

interface Words {
  readonly message: string;
  readonly hint: string;
  readonly severity?: Severity;
  readonly ref?: string;
}

function report(placed: Placed<unknown>, code: FindingCode, path: Path, { severity = 'error', ...words }: Words): readonly Finding[] {
  return placed.source === undefined ? [] : [{ code, severity, at: positionOf(placed.source, path), ...words }];
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
    const place = earlier.source?.file ?? each.source?.file ?? 'another repository';
    return report(each.source === undefined ? earlier : each, 'mesh.duplicate', path, { message: `there already is a ${thing} \`${key(each.item)}\`, in ${place}`, hint: 'Give one of the two another.' });
  });
}

function checkProduct(mesh: Mesh, placed: Placed<Product>): readonly Finding[] {
  const product = placed.item;
  const domain = mesh.domains.has(product.domain)
    ? []
    : report(placed, 'mesh.domain', ['domain'], { message: `there is no domain \`${product.domain}\``, hint: didYouMean(product.domain, mesh.domains.keys(), `Add ${product.domain}/domain.yaml with \`name: ${product.domain}\` and \`owner:\`.`) });
  const ports = product.outputPorts.flatMap((port, index) => {
    const path = ['outputPorts', index, 'contractId'];
    const contract = mesh.contracts.get(`${port.contractId}@${majorOf(port.version)}`);
    if (contract !== undefined && !mayServe(product, contract)) return report(placed, 'mesh.contract', path, foreignContract(port.name, contract));
    if (port.contractId === undefined || contract !== undefined) return [];
    return report(placed, 'mesh.contract', path, missingContract(mesh, { name: `output port \`${port.name}\``, contractId: port.contractId, version: port.version }));
  });
  return [...domain, ...ports];
}

function foreignContract(port: string, { id, domain = '' }: Contract): Words {
  return { message: `output port \`${port}\` names the contract \`${id}\`, which belongs to ${domain}`, hint: 'Give the port a contract of its own domain, with an id of its own.' };
}

function missingContract(mesh: Mesh, port: { readonly name: string; readonly contractId: string; readonly version: string }): Words {
  if (mesh.contracts.has(`${port.contractId}@${majorOf(port.version)}`)) {
    return { message: `${port.name} reads the contract \`${port.contractId}\` ${port.version}, which no output port serves`, hint: 'Read what is served, or let a product serve it.' };
  }
  const versions = [...mesh.contracts.values()].filter(({ id }) => id === port.contractId).map(({ version }) => version);
  if (versions.length > 0) {
    return { message: `${port.name} has version ${port.version}, and the contract \`${port.contractId}\` has no version with that major: ${versions.join(', ')}`, hint: `Write a version of major ${versions.map(majorOf).join(' or ')}, or add the contract of the other major.` };
  }
  const ids = [...mesh.contracts.values()].map(({ id }) => id);
  return { message: `${port.name} names the contract \`${port.contractId}\`, which is not there`, hint: didYouMean(port.contractId, ids, 'Add the ODCS document that has this id, as a file *.odcs.yaml.') };
}

/** A product reads its own domain as an owner does; everything else under an agreement. */
function checkInputs(mesh: Mesh, tables: readonly ServedTable[], placed: Placed<Product>): readonly Finding[] {
  return placed.item.inputPorts.flatMap((input, index) => {
    const path = ['inputPorts', index];
    const served = tables.filter((table) => table.contract.id === input.contractId && table.major === majorOf(input.version));
    const [table] = served;
    if (table === undefined) {
      const words = missingContract(mesh, { name: `input port \`${input.name}\``, contractId: input.contractId, version: input.version });
      return report(placed, 'mesh.contract', [...path, 'contractId'], { ...words, severity: 'warning' });
    }
    if (served.some(({ domain }) => domain === placed.item.domain) || served.some((each) => isGranted(mesh, each, placed.item))) return [];
    return report(placed, 'mesh.input', path, notGranted(placed.item, input, table));
  });
}

function isGranted(mesh: Mesh, table: ServedTable, product: Product): boolean {
  return [...mesh.agreements.values()].some(({ status, provider, consumer }) => {
    const isProvider = provider.productId === table.product.id && provider.port === table.port.name && provider.major === table.major;
    const isConsumer = consumer.kind === 'product' ? consumer.productId === product.id : consumer.kind === 'domain' && consumer.domain === product.domain;
    return status === 'active' && isProvider && isConsumer;
  });
}

function notGranted(product: Product, input: InputPort, table: ServedTable): Words {
  const roles = table.contract.roles.map(({ name }) => name).join(', ');
  return {
    severity: 'warning',
    ref: `${product.domain}/${product.name}`,
    message: `input port \`${input.name}\` reads ${tableRef(table)}, and no active agreement opens it to ${product.domain}/${product.name}`,
    hint: `Request one of its roles (${roles}): hanse access request ${tableRef(table)} --for ${product.domain}/${product.name} --role <role> --purpose <why> --until <date>.`,
  };
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
    return report(placed, 'mesh.table', ['outputPorts', index], {
      message: `the table \`${table.domain}.${table.name}\` is served by ${tableRef(table)} and by ${tableRef(other)}`,
      hint: 'Rename the object in one of their contracts: a table name is unique in its domain.',
    });
  });
}

function checkAgreement(mesh: Mesh, placed: Placed<Agreement>): readonly Finding[] {
  const { provider, consumer, role } = placed.item;
  const product = mesh.products.get(provider.productId);
  if (product === undefined) {
    return report(placed, 'mesh.agreement', ['provider'], unknownProduct(mesh, provider.productId));
  }
  const ports = product.outputPorts.filter(({ name }) => name === provider.port);
  const port = ports.find(({ version }) => majorOf(version) === provider.major);
  if (port === undefined) return report(placed, 'mesh.agreement', ['provider'], missingPort(product, placed.item));
  const contract = mesh.contracts.get(`${port.contractId ?? ''}@${provider.major}`);
  const roles = contract?.roles.map(({ name }) => name) ?? [role];
  const wrongRole = roles.includes(role) ? [] : report(placed, 'mesh.agreement', rolePath(placed), { message: `the contract of ${product.domain}/${product.name}:${port.name} offers no role \`${role}\``, hint: didYouMean(role, roles, `It offers ${roles.join(', ')}.`) });
  const wrongDomain = mesh.domains.has(consumer.domain) ? [] : report(placed, 'mesh.domain', ['consumer'], { severity: 'warning', message: `there is no domain \`${consumer.domain}\``, hint: didYouMean(consumer.domain, mesh.domains.keys(), 'Write the name in its domain.yaml.') });
  return [...wrongRole, ...wrongDomain, ...checkConsumer(mesh, placed)];
}

function rolePath({ source }: Placed<Agreement>): Path {
  return objectOf(source?.value)['role'] === undefined ? ['roles', 0, 'role'] : ['role'];
}

function missingPort(product: Product, { provider }: Agreement): Words {
  const place = `${product.domain}/${product.name}`;
  const majors = product.outputPorts.filter(({ name }) => name === provider.port).map(({ version }) => version);
  if (majors.length > 0) return { message: `${place}:${provider.port} has no version of major ${provider.major}: ${majors.join(', ')}`, hint: 'Name a version that is served.' };
  const names = product.outputPorts.map(({ name }) => name);
  return { message: `${place} has no output port \`${provider.port}\``, hint: didYouMean(provider.port, names, `It has ${names.join(', ')}.`) };
}

function unknownProduct(mesh: Mesh, id: string): Words {
  const named = [...mesh.products.values()].find(({ domain, name }) => id === name || id === `${domain}/${name}`);
  const hint = named === undefined ? didYouMean(id, mesh.products.keys(), 'Write the `id` of its ODPS document.') : `Write the product's id: \`${named.id}\`.`;
  return { severity: 'warning', message: `there is no product with the id \`${id}\``, hint };
}

function checkConsumer(mesh: Mesh, placed: Placed<Agreement>): readonly Finding[] {
  const { consumer } = placed.item;
  if (consumer.kind !== 'product') return [];
  const product = mesh.products.get(consumer.productId);
  if (product === undefined) {
    return report(placed, 'mesh.agreement', ['consumer'], unknownProduct(mesh, consumer.productId));
  }
  if (product.domain === consumer.domain) return [];
  return report(placed, 'mesh.agreement', ['consumer'], { message: `the product \`${consumer.productId}\` belongs to ${product.domain}, not to ${consumer.domain}`, hint: `Write ${product.domain}.` });
}

function checkBuild(mesh: Mesh, tables: readonly ServedTable[], placed: Placed<MeshDocuments['builds'][number]['item']>): readonly Finding[] {
  const { productId, file } = placed.item;
  const product = mesh.products.get(productId);
  const names = tables.filter((table) => table.product.id === productId).map(({ name }) => name);
  if (product === undefined || names.length === 0) return [];
  return Object.keys(file.objects).flatMap((object) => {
    if (names.includes(splitMajor(object).name)) return [];
    return report(placed, 'mesh.build', ['objects', object], { message: `no contract of ${product.domain}/${product.name} has the object \`${object}\``, hint: didYouMean(object, names, `Its objects are ${names.join(', ')}.`) });
  });
}

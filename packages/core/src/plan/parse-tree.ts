import { parseAgreement } from '../agreement/parse-agreement.ts';
import type { TreeFiles } from '../api/shapes.ts';
import type { Contract } from '../contract/contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { formatKey, type JsonObject } from '../document/document.ts';
import { readYaml } from '../document/read-yaml.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { contractKey } from '../mesh/mesh.ts';
import type { BuildFile } from '../product/build-file.ts';
import { parseBuild } from '../product/parse-build.ts';
import { parseDomain } from '../product/parse-domain.ts';
import { parseProduct } from '../product/parse-product.ts';
import type { Product } from '../product/product.ts';
import type { DesiredDocument } from './desired-document.ts';

export interface ParsedTree {
  readonly documents: readonly DesiredDocument[];
  /** Where the parts of each document stand, by `formatKey`. */
  readonly sources: ReadonlyMap<string, SourceDocument>;
  readonly findings: readonly Finding[];
}

type TreeFile = TreeFiles['files'][number];

interface FileTree {
  readonly files: readonly TreeFile[];
  /** Domain names by their folder. */
  readonly domains: ReadonlyMap<string, string>;
}

interface Parsed {
  readonly document?: DesiredDocument;
  readonly source?: SourceDocument;
  readonly findings: readonly Finding[];
}

/** Parses all documents of a tree; a file with an error is left out and its findings say why. */
export function parseTree(files: readonly TreeFile[], ignored: TreeFiles['ignored'] = []): ParsedTree {
  const domains = files.filter(({ path }) => /(^|\/)domain\.yaml$/.test(path)).map((file) => parseDomainFile(file));
  const folders = domains.flatMap(({ document }) => (document === undefined ? [] : [[folderOf(document.path), document.id] as const]));
  const tree: FileTree = { files, domains: new Map(folders) };
  const products = parseAll(tree, /\.odps\.(yaml|yml|json)$/, parseProductFile);
  const contracts = parseAll(tree, /\.odcs\.(yaml|yml|json)$/, parseContractFile);
  const agreements = parseAll(tree, /\.oaas\.(yaml|yml|json)$/, parseAgreementFile);
  const builds = buildFolders(tree).map((folder) => parseBuildFolder(tree, folder, products));
  const all = [...domains, ...products, ...contracts, ...builds, ...agreements];
  const documents = all.flatMap(({ document }) => document ?? []);
  const sources = all.flatMap(({ document, source }) => (document === undefined || source === undefined ? [] : [[formatKey(document), source] as const]));
  return { documents, sources: new Map(sources), findings: [...ignored.map(ignoredFinding), ...all.flatMap(({ findings }) => findings), ...sameKey(documents)] };
}

function ignoredFinding({ path, why, hint }: NonNullable<TreeFiles['ignored']>[number]): Finding {
  return { code: 'tree.ignored', severity: 'warning', at: top(path), message: `the file is ignored: ${why}`, hint };
}

function parseAll(tree: FileTree, pattern: RegExp, parse: (tree: FileTree, file: TreeFile) => Parsed): readonly Parsed[] {
  return tree.files.filter(({ path }) => pattern.test(path)).map((file) => parse(tree, file));
}

function read(file: TreeFile, parse: (document: SourceDocument) => Parsed): Parsed {
  const { document, findings } = readYaml(file.path, file.text);
  return document === undefined ? { findings } : { source: document, ...parse(document) };
}

function desired(file: TreeFile, key: Pick<DesiredDocument, 'kind' | 'id' | 'ref'>, domain: string, value: unknown): DesiredDocument {
  return { ...key, path: file.path, body: { path: file.path, domain, text: file.text, value: plain(value) } };
}

/** Typed values are JSON but for absent members, which JSON leaves out. */
function plain(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function parseDomainFile(file: TreeFile): Parsed {
  return read(file, (source) => {
    const { domain, findings } = parseDomain(source);
    return domain === undefined ? { findings } : { document: desired(file, { kind: 'domain', id: domain.name, ref: domain.name }, domain.name, domain), findings };
  });
}

function parseProductFile(tree: FileTree, file: TreeFile): Parsed {
  return read(file, (source) => {
    const folder = domainOf(tree, file.path);
    const { product, findings } = parseProduct(source, folder);
    if (product === undefined) return { findings };
    const misplaced = folder === product.domain ? [] : [placeFinding(tree, file, { product, folder })];
    return { document: desired(file, { kind: 'product', id: product.id, ref: `${product.domain}/${product.name}` }, product.domain, product), findings: [...findings, ...misplaced] };
  });
}

function placeFinding(tree: FileTree, file: TreeFile, { product, folder }: { readonly product: Product; readonly folder: string | undefined }): Finding {
  const message = folder === undefined ? `the product ${product.name} lies in no domain's folder` : `the product ${product.name} names the domain ${product.domain}, and lies in the folder of ${folder}`;
  return { code: 'tree.place', severity: 'error', at: top(file.path), message, hint: placeHint(tree, file.path, product.domain) };
}

function placeHint({ domains }: FileTree, path: string, domain: string): string {
  const [home] = [...domains].find(([, name]) => name === domain) ?? [];
  if (home !== undefined) return `Put it below ${home === '' ? 'the folder of the mesh' : home}, where ${domain}'s domain.yaml is.`;
  return `Add ${path.includes('/') ? `${path.split('/')[0]}/` : ''}domain.yaml with \`name: ${domain}\` and \`owner:\`.`;
}

function strayFinding({ path }: TreeFile, { name }: Contract): Finding {
  return { code: 'tree.place', severity: 'error', at: top(path), message: `the contract ${name} lies in no domain's folder`, hint: 'Put it beside the product that serves it.' };
}

function parseContractFile(tree: FileTree, file: TreeFile): Parsed {
  return read(file, (source) => {
    const { contract, findings } = parseContract(source);
    if (contract === undefined) return { findings };
    const domain = domainOf(tree, file.path);
    if (domain === undefined) return { findings: [...findings, strayFinding(file, contract)] };
    const ref = `${domain}/${contract.name} ${contract.version}`;
    return { document: desired(file, { kind: 'contract', id: contractKey(contract), ref }, domain, { ...contract, domain }), findings };
  });
}

function parseAgreementFile(tree: FileTree, file: TreeFile): Parsed {
  return read(file, (source) => {
    const { agreement, findings } = parseAgreement(source);
    if (agreement === undefined) return { findings };
    const domain = providerDomain(source) ?? domainOf(tree, file.path) ?? '';
    return { document: desired(file, { kind: 'agreement', id: agreement.id, ref: agreement.id }, domain, agreement), findings };
  });
}

function providerDomain({ value }: SourceDocument): string | undefined {
  const provider = (value as JsonObject).provider as JsonObject | undefined;
  return typeof provider?.teamId === 'string' ? provider.teamId : undefined;
}

const BUILD_FILE = /(^|\/)build\.yaml$/;
const STATEMENT = /(?<!\.policy)\.sql$/;

function buildFolders(tree: FileTree): readonly string[] {
  const inDomain = tree.files.filter(({ path }) => (BUILD_FILE.test(path) || STATEMENT.test(path)) && domainOf(tree, path) !== undefined);
  return [...new Set(inDomain.map(({ path }) => folderOf(path)))];
}

/** A product's build is its folder: build.yaml, if there is one, and a SELECT per object. */
function parseBuildFolder(tree: FileTree, folder: string, products: readonly Parsed[]): Parsed {
  const owners = products.flatMap(({ document }) => (document !== undefined && folderOf(document.path) === folder ? [document] : []));
  const inFolder = tree.files.filter(({ path }) => folderOf(path) === folder);
  const statements = inFolder.filter(({ path }) => STATEMENT.test(path));
  const file = inFolder.find(({ path }) => BUILD_FILE.test(path));
  const [owner, second] = owners;
  const first = file ?? statements[0];
  if (first === undefined) return { findings: [] };
  if (owner === undefined || second !== undefined) return { findings: [ownerFinding(first, owner)] };
  const built: ReturnType<typeof parseBuildFile> = file === undefined ? { build: NO_BUILD_FILE, findings: [] } : parseBuildFile(file);
  if (built.build === undefined) return { findings: built.findings };
  const value = { productId: owner.id, file: built.build, statements: statements.map(({ path, text }) => ({ object: objectOf(path), path, sql: text })) };
  const at: TreeFile = { path: folder === '' ? 'build.yaml' : `${folder}/build.yaml`, text: file?.text ?? '' };
  return { document: desired(at, { kind: 'build', id: owner.id, ref: owner.ref }, String(owner.body.domain), value), findings: built.findings, ...(built.source !== undefined && { source: built.source }) };
}

const NO_BUILD_FILE: BuildFile = { sources: {}, objects: {} };

function parseBuildFile(file: TreeFile): { readonly build?: BuildFile; readonly source?: SourceDocument; readonly findings: readonly Finding[] } {
  const { document, findings } = readYaml(file.path, file.text);
  return document === undefined ? { findings } : { source: document, ...parseBuild(document) };
}

function ownerFinding({ path }: TreeFile, owner: DesiredDocument | undefined): Finding {
  const message = owner === undefined ? 'the folder has a build and no product (*.odps.yaml) without errors' : 'the folder holds more than one product, so nobody can tell whose build this is';
  return { code: 'tree.product', severity: 'error', at: top(path), message, hint: 'Keep each product, with its contracts and its build, in a folder of its own.' };
}

function sameKey(documents: readonly DesiredDocument[]): readonly Finding[] {
  return documents.flatMap((document, index) => {
    const first = documents.findIndex(({ kind, id }) => kind === document.kind && id === document.id);
    if (first === index) return [];
    const message = `${document.kind} ${document.id} stands in ${documents[first]?.path ?? 'another file'} too`;
    return [{ code: 'tree.duplicate', severity: 'error', ref: document.ref, at: top(document.path), message, hint: 'Give each its own id, or remove one; two majors of a contract differ in version.' }] as const;
  });
}

/** The nearest folder above that is a domain's. */
function domainOf(tree: FileTree, path: string): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const name = tree.domains.get(folder);
    if (name !== undefined || folder === '') return name;
  }
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function objectOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.sql$/, '');
}

function top(file: string): { readonly file: string; readonly line: 1; readonly column: 1 } {
  return { file, line: 1, column: 1 };
}

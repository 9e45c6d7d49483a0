import { parseAgreement } from '../agreement/parse-agreement.ts';
import type { TreeFiles } from '../api/shapes.ts';
import type { Contract } from '../contract/contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { formatKey } from '../document/document.ts';
import { objectOf, textOf } from '../document/json.ts';
import { readYaml } from '../document/read-yaml.ts';
import { sameValue } from '../document/same-value.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { contractKey } from '../mesh/mesh.ts';
import { parseDomain } from '../product/parse-domain.ts';
import { parseProduct } from '../product/parse-product.ts';
import type { Product } from '../product/product.ts';
import type { DesiredDocument } from './desired-document.ts';
import { desired, domainOf, type FileTree, folderOf, type Parsed, top, type TreeFile } from './file-tree.ts';
import { buildFolders, parseBuildFolder } from './parse-build-folder.ts';

export interface ParsedTree {
  /** By the files themselves, and builds by their folders: another tree that holds the same need not be parsed anew. */
  readonly parsed: ParsedParts;
  readonly documents: readonly DesiredDocument[];
  /** Where the parts of each document stand, by `formatKey`. */
  readonly sources: ReadonlyMap<string, SourceDocument>;
  readonly findings: readonly Finding[];
}

interface ParsedParts {
  readonly tree: FileTree;
  readonly files: ReadonlyMap<TreeFile, Parsed>;
  readonly folders: ReadonlyMap<string, Parsed>;
}

/** Parses all documents of a tree; a file with an error is left out and its findings say why. */
export function parseTree(files: readonly TreeFile[], ignored: TreeFiles['ignored'] = []): ParsedTree {
  const steps = parseTreeInTurns(files, ignored);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same, with a pause after each file: thousands of them take seconds. What stands in `known` too, as the very same file, is taken from
 * there, so that both trees have the same document.
 */
export function* parseTreeInTurns(files: readonly TreeFile[], ignored: TreeFiles['ignored'] = [], known?: ParsedParts): Generator<void, ParsedTree> {
  const ofDomains = files.filter(({ path }) => DOMAIN_FILE.test(path)).map((file) => known?.files.get(file) ?? parseDomainFile(file));
  const folders = ofDomains.flatMap(({ document }) => (document === undefined ? [] : [[folderOf(document.path), document.id] as const]));
  const tree: FileTree = { files, byFolder: Map.groupBy(files, ({ path }) => folderOf(path)), domains: new Map(folders) };
  const parts: Parts = { tree, files: new Map(), folders: new Map(), ...(known !== undefined && sameValue([...known.tree.domains], folders) && { known }) };
  for (const [index, file] of files.filter(({ path }) => DOMAIN_FILE.test(path)).entries()) parts.files.set(file, ofDomains[index] ?? { findings: [] });
  yield* parseFiles(parts, PRODUCT_FILE, parseProductFile);
  const products = Map.groupBy(
    [...parts.files.values()].flatMap(({ document }) => (document?.kind === 'product' ? [document] : [])),
    ({ path }) => folderOf(path),
  );
  yield* parseFiles(parts, CONTRACT_FILE, parseContractFile);
  for (const folder of buildFolders(tree)) {
    parts.folders.set(folder, knownFolder(parts, folder, products.get(folder) ?? []) ?? parseBuildFolder(tree, folder, products.get(folder) ?? []));
    yield;
  }
  const upToBuilds = [...parts.files.values(), ...parts.folders.values()];
  yield* parseFiles(parts, AGREEMENT_FILE, parseAgreementFile);
  const all = [...upToBuilds, ...[...parts.files.values()].slice(upToBuilds.length - parts.folders.size)];
  const documents = all.flatMap(({ document }) => document ?? []);
  const sources = all.flatMap(({ document, source }) => (document === undefined || source === undefined ? [] : [[formatKey(document), source] as const]));
  return {
    parsed: parts,
    documents,
    sources: new Map(sources),
    findings: [...ignored.map(ignoredFinding), ...all.flatMap(({ findings }) => findings), ...sameKey(documents)],
  };
}

const DOMAIN_FILE = /(^|\/)domain\.yaml$/;
const PRODUCT_FILE = /\.odps\.(yaml|yml|json)$/;
const CONTRACT_FILE = /\.odcs\.(yaml|yml|json)$/;
const AGREEMENT_FILE = /\.oaas\.(yaml|yml|json)$/;

interface Parts extends ParsedParts {
  readonly files: Map<TreeFile, Parsed>;
  readonly folders: Map<string, Parsed>;
  /** Of a tree with the same domains. */
  readonly known?: ParsedParts;
}

function* parseFiles({ tree, files, known }: Parts, pattern: RegExp, parse: (tree: FileTree, file: TreeFile) => Parsed): Generator<void, void> {
  for (const file of tree.files.filter(({ path }) => pattern.test(path))) {
    files.set(file, known?.files.get(file) ?? parse(tree, file));
    yield;
  }
}

/** A build is the same where all files of its folder are, and with them its product. */
function knownFolder({ tree, known }: Parts, folder: string, owners: readonly DesiredDocument[]): Parsed | undefined {
  const [now, then] = [tree.byFolder.get(folder) ?? [], known?.tree.byFolder.get(folder) ?? []];
  const isSame = now.length === then.length && now.every((file, index) => file === then[index]);
  const isOwned = owners.every((owner) => now.some((file) => known?.files.get(file)?.document === owner));
  return isSame && isOwned ? known?.folders.get(folder) : undefined;
}

function ignoredFinding({ path, why, hint }: NonNullable<TreeFiles['ignored']>[number]): Finding {
  return { code: 'tree.ignored', severity: 'warning', at: top(path), message: `the file is ignored: ${why}`, hint };
}

function read(file: TreeFile, parse: (document: SourceDocument) => Parsed): Parsed {
  const { document, findings } = readYaml(file.path, file.text);
  return document === undefined ? { findings } : { source: document, ...parse(document) };
}

function parseDomainFile(file: TreeFile): Parsed {
  return read(file, (source) => {
    const { domain, findings } = parseDomain(source);
    return domain === undefined
      ? { findings }
      : { document: desired(file, { kind: 'domain', id: domain.name, ref: domain.name }, domain.name, domain), findings };
  });
}

function parseProductFile(tree: FileTree, file: TreeFile): Parsed {
  return read(file, (source) => {
    const folder = domainOf(tree, file.path);
    const { product, findings } = parseProduct(source, folder);
    if (product === undefined) return { findings };
    const misplaced = folder === product.domain ? [] : [placeFinding(tree, file, { product, folder })];
    return {
      document: desired(file, { kind: 'product', id: product.id, ref: `${product.domain}/${product.name}` }, product.domain, product),
      findings: [...findings, ...misplaced],
    };
  });
}

function placeFinding(tree: FileTree, file: TreeFile, { product, folder }: { readonly product: Product; readonly folder: string | undefined }): Finding {
  const message =
    folder === undefined
      ? `the product ${product.name} lies in no domain's folder`
      : `the product ${product.name} names the domain ${product.domain}, and lies in the folder of ${folder}`;
  return { code: 'tree.place', severity: 'error', at: top(file.path), message, hint: placeHint(tree, file.path, product.domain) };
}

function placeHint({ domains }: FileTree, path: string, domain: string): string {
  const [home] = [...domains].find(([, name]) => name === domain) ?? [];
  if (home !== undefined) return `Put it below ${home === '' ? 'the folder of the mesh' : home}, where ${domain}'s domain.yaml is.`;
  return `Add ${path.includes('/') ? `${path.split('/')[0]}/` : ''}domain.yaml with \`name: ${domain}\` and \`owner:\`.`;
}

function strayFinding({ path }: TreeFile, { name }: Contract): Finding {
  return {
    code: 'tree.place',
    severity: 'error',
    at: top(path),
    message: `the contract ${name} lies in no domain's folder`,
    hint: 'Put it beside the product that serves it.',
  };
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
  return textOf(objectOf(objectOf(value)['provider'])['teamId']);
}

function sameKey(documents: readonly DesiredDocument[]): readonly Finding[] {
  const first = new Map<string, DesiredDocument>();
  return documents.flatMap((document) => {
    const known = first.get(formatKey(document));
    if (known === undefined) first.set(formatKey(document), document);
    if (known === undefined) return [];
    const message = `${document.kind} ${document.id} stands in ${known.path} too`;
    return [
      {
        code: 'tree.duplicate',
        severity: 'error',
        ref: document.ref,
        at: top(document.path),
        message,
        hint: 'Give each its own id, or remove one; two majors of a contract differ in version.',
      },
    ] as const;
  });
}

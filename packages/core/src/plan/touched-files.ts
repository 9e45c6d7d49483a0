import { meshOf } from '../mesh/mesh-value.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { sameValue } from '../document/same-value.ts';
import { folderOf, type TreeFile } from './file-tree.ts';
import { parseTree } from './parse-tree.ts';

export interface TouchQuestion {
  readonly base: readonly TreeFile[];
  /** A file that did not change is the very same here. */
  readonly head: readonly TreeFile[];
  /** Names of products that are asked about besides. */
  readonly names: readonly string[];
}

export interface TouchedFiles {
  readonly base: readonly TreeFile[];
  readonly head: readonly TreeFile[];
}

/**
 * The files of two revisions that a change can touch: those that differ, those that mention what they declare, and those that declare what
 * these read. Undefined where only all of them tell. A text mentions a name where it holds its letters, or an escape that could hide them:
 * too many files are taken, not too few.
 */
export function touchedFiles({ base, head, names }: TouchQuestion): TouchedFiles | undefined {
  const [before, after] = [new Set(base), new Set(head)];
  const all = [...new Set([...base, ...head])];
  const changed = all.filter((file) => !before.has(file) || !after.has(file));
  if (changed.some(({ path }) => DOMAIN.test(path))) return undefined;
  const byFolder = Map.groupBy(all, ({ path }) => folderOf(path));
  const kept = new Set(all.filter(({ path }) => DOMAIN.test(path) || path === 'hanse.yaml'));
  if (movesInputs(changed, [...kept], { before, after })) return undefined;
  const core = new Set(changed.flatMap((file) => unitOf(byFolder, file)));
  for (let size = -1; size < core.size;) {
    size = core.size;
    const served = readParts([...kept, ...core]).flatMap(servedIds);
    for (const file of mentioning(
      all.filter(({ path }) => STANDARD.test(path)),
      served,
    ))
      for (const each of unitOf(byFolder, file)) core.add(each);
  }
  const handles = [...readParts([...kept, ...core]).flatMap(handlesOf), ...names];
  for (const file of [...core, ...mentioning(all, handles).flatMap((each) => unitOf(byFolder, each))]) kept.add(file);
  for (const file of providers(all, readParts([...kept]))) kept.add(file);
  return { base: base.filter((file) => kept.has(file)), head: head.filter((file) => kept.has(file)) };
}

const DOMAIN = /(^|\/)domain\.yaml$/;
const STANDARD = /\.(odps|odcs)\.(yaml|yml|json)$/;
const PRODUCT = /\.odps\.(yaml|yml|json)$/;

/** A product's folder is one thing: contracts, statements and build belong to it. */
function unitOf(byFolder: ReadonlyMap<string, readonly TreeFile[]>, file: TreeFile): readonly TreeFile[] {
  const folder = byFolder.get(folderOf(file.path)) ?? [];
  return folder.some(({ path }) => PRODUCT.test(path)) ? folder : [file];
}

/** What files of either revision hold; two versions of one file are read apart. */
function readParts(files: readonly TreeFile[]): readonly Mesh[] {
  const versions: TreeFile[][] = [];
  for (const [, same] of Map.groupBy(files, ({ path }) => path)) for (const [index, file] of same.entries()) (versions[index] ??= []).push(file);
  const [first = [], second = []] = versions;
  const rest = first.filter(({ path }) => !second.some((other) => other.path === path));
  return [first, ...(second.length > 0 ? [[...rest, ...second]] : [])].map((each) => meshOf(parseTree(each).documents));
}

/** Circles of products are seen in all of them alone. */
function movesInputs(
  changed: readonly TreeFile[],
  domains: readonly TreeFile[],
  sides: { readonly before: ReadonlySet<TreeFile>; readonly after: ReadonlySet<TreeFile> },
): boolean {
  const inputsOf = (side: ReadonlySet<TreeFile>) => {
    const { documents } = parseTree([...domains, ...changed.filter((file) => side.has(file) && PRODUCT.test(file.path))]);
    return [...meshOf(documents).products.values()]
      .filter(({ inputPorts }) => inputPorts.length > 0)
      .map(({ id, domain, inputPorts }) => [id, domain, inputPorts]);
  };
  return !sameValue(inputsOf(sides.before), inputsOf(sides.after));
}

/** Contracts of ports: a product and what it serves may lie apart. */
function servedIds({ products, contracts }: Mesh): readonly string[] {
  return [
    ...[...products.values()].flatMap(({ outputPorts }) => outputPorts.flatMap(({ contractId }) => contractId ?? [])),
    ...[...contracts.values()].map(({ id }) => id),
  ];
}

/** What other files call these documents by. */
function handlesOf({ products, contracts, agreements }: Mesh): readonly string[] {
  return [
    ...[...products.values()].flatMap(({ id, name }) => [id, name]),
    ...[...contracts.values()].flatMap(({ id, objects }) => [id, ...objects.map(({ name }) => name)]),
    ...[...agreements.values()].map(({ id }) => id),
  ];
}

/** Ways to write a letter otherwise, in YAML and JSON. */
const ESCAPE = /\\[xuU\n\r]/;

function mentioning(files: readonly TreeFile[], words: readonly string[]): readonly TreeFile[] {
  const wanted = [...new Set(words.filter((word) => word !== '').map((word) => word.toLowerCase()))];
  if (wanted.length === 0) return [];
  return files.filter(({ text }) => {
    const lower = text.toLowerCase();
    return wanted.some((word) => lower.includes(word)) || ESCAPE.test(text);
  });
}

const DECLARED = /(?:^|[\s{,"'-])(?:id|name|contractId)["']?\s*:\s*["']?([^"'\s,}]+)/gm;
const NAMED_TABLE = /"?(\w+)"?\s*\.\s*"?(\w+?)(?:__v\d+)?"?(?!\w)/g;

/** Files that declare what documents refer to. One that is missed is told as missing, or makes a use unknown. */
function providers(all: readonly TreeFile[], parts: readonly Mesh[]): readonly TreeFile[] {
  const standard = all.filter(({ path }) => STANDARD.test(path));
  const find = (words: readonly string[]) => {
    const wanted = new Set(words.map((word) => word.toLowerCase()));
    return standard.filter(({ text }) => [...text.matchAll(DECLARED)].some(([, word = '']) => wanted.has(word.toLowerCase())));
  };
  const tables = parts.flatMap(tablesNamed);
  const found = find([...parts.flatMap(needs), ...tables]);
  const contracts = readParts([...all.filter(({ path }) => DOMAIN.test(path)), ...found]).flatMap(servedIds);
  return [...found, ...find(contracts)];
}

function needs({ products, agreements }: Mesh): readonly string[] {
  return [
    ...[...products.values()].flatMap(({ inputPorts, outputPorts }) => [...inputPorts, ...outputPorts].flatMap(({ contractId }) => contractId ?? [])),
    ...[...agreements.values()].flatMap(({ provider, consumer }) => [provider.productId, ...(consumer.kind === 'product' ? [consumer.productId] : [])]),
  ];
}

function tablesNamed({ builds, domains }: Mesh): readonly string[] {
  return [...builds.values()].flatMap(({ statements }) =>
    statements.flatMap(({ sql }) =>
      [...sql.matchAll(NAMED_TABLE)].flatMap(([, schema = '', table = '']) => (domains.has(schema.toLowerCase()) ? [table] : [])),
    ),
  );
}

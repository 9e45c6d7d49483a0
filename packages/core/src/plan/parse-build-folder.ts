import { readYaml } from '../document/read-yaml.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import type { BuildFile } from '../product/build-file.ts';
import { parseBuild } from '../product/parse-build.ts';
import type { DesiredDocument } from './desired-document.ts';
import { desired, domainOf, type FileTree, folderOf, type Parsed, top, type TreeFile } from './file-tree.ts';

const BUILD_FILE = /(^|\/)build\.yaml$/;
const STATEMENT = /(?<!\.policy)\.sql$/;
const NO_BUILD_FILE: BuildFile = { sources: {}, objects: {} };

/** Folders of a domain that hold a build: its file, a statement, or both. */
export function buildFolders(tree: FileTree): readonly string[] {
  const inDomain = tree.files.filter(({ path }) => (BUILD_FILE.test(path) || STATEMENT.test(path)) && domainOf(tree, path) !== undefined);
  return [...new Set(inDomain.map(({ path }) => folderOf(path)))];
}

/** A product's build is its folder: build.yaml, if there is one, and a SELECT per object. `owners` are the folder's products. */
export function parseBuildFolder(tree: FileTree, folder: string, owners: readonly DesiredDocument[]): Parsed {
  const inFolder = tree.byFolder.get(folder) ?? [];
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
  return {
    document: desired(at, { kind: 'build', id: owner.id, ref: owner.ref }, String(owner.body.domain), value),
    findings: built.findings,
    ...(built.source !== undefined && { source: built.source }),
  };
}

function parseBuildFile(file: TreeFile): { readonly build?: BuildFile; readonly source?: SourceDocument; readonly findings: readonly Finding[] } {
  const { document, findings } = readYaml(file.path, file.text);
  return document === undefined ? { findings } : { source: document, ...parseBuild(document) };
}

function ownerFinding({ path }: TreeFile, owner: DesiredDocument | undefined): Finding {
  const message =
    owner === undefined
      ? 'the folder has a build and no product (*.odps.yaml) without errors'
      : 'the folder holds more than one product, so nobody can tell whose build this is';
  return {
    code: 'tree.product',
    severity: 'error',
    at: top(path),
    message,
    hint: 'Keep each product, with its contracts and its build, in a folder of its own.',
  };
}

function objectOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.sql$/, '');
}

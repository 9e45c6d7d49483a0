import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { addressName } from '@hanse/core/adopt/adopted-name.ts';
import { compareDraft } from '@hanse/core/adopt/compare-draft.ts';
import type { Draft } from '@hanse/core/adopt/draft.ts';
import { type DraftFile, formatDraft } from '@hanse/core/adopt/format-draft.ts';
import { formatReport } from '@hanse/core/adopt/format-report.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { type ParsedTree, parseTree } from '@hanse/core/plan/parse-tree.ts';
import { readTreeFiles } from '../../tree/read-tree-files.ts';
import type { Tree } from '../../tree/tree.ts';
import { writeNew } from '../../write-new.ts';

/** The mesh's folder as it is: what is there is never changed. */
export interface Ground {
  readonly folder: string;
  readonly tree: ParsedTree;
}

export interface Adopted {
  readonly written: readonly string[];
  readonly differences: readonly { readonly path: string; readonly changes: readonly string[] }[];
  readonly report: string;
  /** Where the report was written; absent where one is there already. */
  readonly reportPath?: string;
}

/** Reads the documents of a mesh's folder, which may be empty. */
export async function surveyGround(folder: string, tree: Tree): Promise<Ground> {
  const { files, ignored } = await readTreeFiles(tree);
  return { folder, tree: parseTree(files, ignored) };
}

/** Where a domain's documents lie: where its domain.yaml is, else in a new folder of its name. */
export function domainFolder({ folder, tree }: Ground, domain: string): string {
  const known = tree.documents.find(({ kind, id }) => kind === 'domain' && id === domain);
  if (known !== undefined) return known.path.includes('/') ? dirname(known.path) : '';
  // A folder that is somebody else's may hold SQL, which would be taken for builds.
  return existsSync(join(folder, domain)) ? `${domain}-mesh` : domain;
}

/** The domain that is meant where nobody names one: the only one of the mesh. */
export function onlyDomain({ tree }: Ground): string | undefined {
  const [first, second] = tree.documents.filter(({ kind }) => kind === 'domain');
  return second === undefined ? first?.id : undefined;
}

/** Writes what is new of a draft and says what differs of what is there. */
export async function adopt(ground: Ground, draft: Draft, { source, owner }: { readonly source: string; readonly owner?: string }): Promise<Adopted> {
  const known = ground.tree.documents.some(({ kind, id }) => kind === 'domain' && id === draft.domain);
  const folder = domainFolder(ground, draft.domain);
  const files = formatDraft(draft, { domain: draft.domain, folder, ...(!known && { owner: owner ?? draft.owner ?? addressName(userInfo().username) }) });
  const present = new Map(ground.tree.documents.map((document) => [`${document.kind}/${document.id}`, document.path]));
  const fresh = files.filter(({ key, path }) => !present.has(`${key.kind}/${key.id}`) && !existsSync(join(ground.folder, path)));
  const differences = files
    .filter((file) => !fresh.includes(file))
    .flatMap((file) => differenceOf(ground, file, present.get(`${file.key.kind}/${file.key.id}`) ?? file.path));
  for (const { path, text } of fresh) await writeNew(join(ground.folder, path), text);
  const written = fresh.map(({ path }) => path);
  const report = formatReport({ draft, written, differences });
  const reportPath = `${folder === '' ? '' : `${folder}/`}adopted-from-${source}.md`;
  if (existsSync(join(ground.folder, reportPath))) return { written, differences, report };
  await writeNew(join(ground.folder, reportPath), report);
  return { written, differences, report, reportPath };
}

function differenceOf({ tree }: Ground, { key, path: drafted, text }: DraftFile, path: string): Adopted['differences'] {
  const source = tree.sources.get(`${key.kind}/${key.id}`);
  if (source === undefined) return [{ path, changes: [`the file is there, and is not ${key.kind} ${key.id}: its draft was not written`] }];
  const value = readYaml(drafted, text).document?.value;
  const changes = value === undefined ? [] : compareDraft(value, source.value);
  return changes.length === 0 ? [] : [{ path, changes }];
}

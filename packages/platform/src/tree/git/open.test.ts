import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitEnvironment, type GitFolder, openGitFolder } from '../../../../../test/fixtures/git-folder.ts';
import { openFolderTree } from '../folder/open.ts';
import { findClone, findCommit, findMergeCommit } from './clone.ts';
import { openGitTree } from './open.ts';
import { readRevisions } from './read-revisions.ts';

let repository: GitFolder;
const DOMAIN = 'sales/domain.yaml';

beforeAll(async () => {
  repository = await openGitFolder();
  await symlink('domain.yaml', join(repository.folder, 'linked.odcs.yaml'));
  await repository.commit({
    [DOMAIN]: 'name: sales\nowner: ann\n',
    'a b/ö "q"\n.odcs.yaml': 'kind: DataContract\n',
    'mesh/hall/domain.yaml': 'name: hall\nowner: hal\n',
    'mesh/hall/product.yaml': 'kind: DataProduct\n',
    'node_modules/x/domain.yaml': 'name: x\nowner: x\n',
    'notes.txt': 'not a document',
    'big.odcs.yaml': `# ${'x'.repeat(300_000)}\n`,
  });
});

afterAll(() => repository[Symbol.asyncDispose]());

const outcome = async (work: Promise<unknown>) =>
  work.then(
    () => 'well',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message} | ${'hint' in error ? String(error.hint) : ''}` : String(error)),
  );

test('the documents of a commit are listed and read, whatever they are called, and nothing is checked out', async () => {
  const clone = await findClone(repository.folder);
  const tree = await openGitTree(clone, await findCommit(clone, 'HEAD', '--base'), 'here');
  expect(await tree.list()).toEqual({
    documents: ['a b/ö "q"\n.odcs.yaml', 'big.odcs.yaml', 'mesh/hall/domain.yaml', DOMAIN],
    ignored: [
      { path: 'linked.odcs.yaml', why: 'symbolic links are not followed', hint: 'Put the file itself here.' },
      { path: 'mesh/hall/product.yaml', why: 'documents of its kind have other names', hint: 'Did you mean `product.odps.yaml`? Then rename it.' },
    ],
  });
  const [domain, cut, odd, none] = await Promise.all([
    tree.read(DOMAIN, 1_000),
    tree.read('big.odcs.yaml', 1_000),
    tree.read('a b/ö "q"\n.odcs.yaml', 5),
    tree.read('nowhere.yaml', 1_000),
  ]);
  expect([Buffer.from(domain ?? []).toString(), cut?.length, Buffer.from(odd ?? []).toString(), none]).toEqual([
    'name: sales\nowner: ann\n',
    1_001,
    'kind: ',
    undefined,
  ]);
});

test('a folder inside a repository is a tree of its own', async () => {
  const clone = await findClone(join(repository.folder, 'mesh'));
  const tree = await openGitTree(clone, await findCommit(clone, 'main', '--base'), 'here');
  expect([clone.prefix, (await tree.list()).documents]).toEqual(['mesh/', ['hall/domain.yaml']]);
  const nowhere = { ...clone, prefix: 'not/there/' };
  expect((await openGitTree(nowhere, await findCommit(clone, 'main', '--base'), 'here')).documents.size).toBe(0);
});

test('two revisions are compared from where they parted; the folder is the head where none is named', async () => {
  await using own = await openGitFolder();
  const parted = await own.commit({ [DOMAIN]: 'one', 'a.sql': 'select 1' });
  await own.git('checkout', '--quiet', '-b', 'change');
  await own.commit({ 'a.sql': 'select 2' });
  await own.git('checkout', '--quiet', 'main');
  await own.commit({ [DOMAIN]: 'two' });
  await own.git('checkout', '--quiet', 'change');
  await own.write({ 'b.sql': 'select 3', 'consumers.lock.yaml': 'version: 1' });
  const texts = (tree: { readonly files: readonly { readonly path: string; readonly text: string }[] }) =>
    tree.files.map(({ path, text }) => `${path}: ${text}`);
  const folder = await readRevisions({ folder: own.folder, base: 'main' });
  expect(texts(folder.base)).toEqual(['a.sql: select 1', `${DOMAIN}: one`]);
  expect(texts(folder.head)).toEqual(['a.sql: select 2', 'b.sql: select 3', `${DOMAIN}: one`]);
  expect([folder.lock, folder.revisions]).toEqual(['version: 1', { base: { revision: 'main', commit: parted, isMergeBase: true }, head: null }]);
  const committed = await readRevisions({ folder: own.folder, base: 'main', head: 'change' });
  expect([texts(committed.head), committed.lock]).toEqual([['a.sql: select 2', `${DOMAIN}: one`], undefined]);
  expect(await own.git('status', '--porcelain')).toBe('?? b.sql\n?? consumers.lock.yaml');
});

test('submodules belong to other repositories: neither side reads them, and that is said', async () => {
  await using inner = await openGitFolder();
  await using outer = await openGitFolder();
  await inner.commit({ 'hall/domain.yaml': 'name: hall\nowner: hal\n' });
  await outer.commit({ [DOMAIN]: 'name: sales\nowner: ann\n' });
  await outer.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner.folder, 'other');
  await outer.commit();
  const { base, head } = await readRevisions({ folder: outer.folder, base: 'HEAD' });
  expect([base.files, head.files].map((files) => files.map(({ path }) => path))).toEqual([[DOMAIN], [DOMAIN]]);
  expect(head.ignored).toEqual([{ path: 'other', why: 'submodules are not read', hint: 'Plan in a clone of its own repository.' }]);
});

test('a repository with SHA-256 names is read as any other', async () => {
  await using own = await openGitFolder('--object-format=sha256');
  await own.commit({ [DOMAIN]: 'one' });
  await own.write({ [DOMAIN]: 'two' });
  const { base, head } = await readRevisions({ folder: own.folder, base: 'main' });
  expect([base.files[0]?.text, head.files[0]?.text]).toEqual(['one', 'two']);
});

test.each(['-x', '--output=/tmp/x', 'a..b', 'a b', 'main\n', ':/one', 'main:sales', '*', '', 'x'.repeat(251)])(
  '%j names no revision, and git is not asked',
  async (name) => {
    const clone = await findClone(repository.folder);
    expect(await outcome(findCommit(clone, name, '--base'))).toMatch(/^UserError: --base is .*, which names no revision \| As in --base origin\/main\.$/);
  },
);

test('what is missing is told with what to do about it', async () => {
  await using shallow = await openGitFolder();
  await using folder = await emptyFolder();
  await repository.commit({ 'a.sql': 'select 1' });
  await repository.git('branch', '--force', 'older', 'HEAD~1');
  const cloned = join(shallow.folder, 'clone');
  await promisify(execFile)('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${repository.folder}`, cloned], { env: gitEnvironment });
  const clone = await findClone(cloned);
  const [head, older] = [await findCommit(clone, 'HEAD', '--head'), await findCommit(clone, 'origin/older', '--base')];
  const said = [
    await outcome(findClone(folder.path)),
    await outcome(findCommit(await findClone(repository.folder), 'origin/nope', '--base')),
    await outcome(findCommit(clone, 'HEAD~1', '--base')),
    (await outcome(findMergeCommit(clone, older, head))).replaceAll(/[0-9a-f]{12}/g, '<commit>'),
  ];
  expect(said.join('\n').replaceAll(folder.path, '<folder>')).toMatchInlineSnapshot(`
    "UserError: <folder> is in no git repository | A plan with --base compares revisions: run it in a clone, or leave --base away.
    UserError: --base origin/nope: this clone has no such revision | Bring it here: git fetch origin nope; in CI check out the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0).
    UserError: --base HEAD~1: this clone has no such revision; it is a shallow one | Bring it here: git fetch --unshallow; in CI check out the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0).
    UserError: <commit> and <commit> have no commit in common in this shallow clone | Bring the history here: git fetch --unshallow; in CI check out the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)."
  `);
});

test('a hook runs git with its own place set: the folder asked for is looked at all the same', async () => {
  const kept = process.env['GIT_DIR'];
  process.env['GIT_DIR'] = '/nowhere/.git';
  try {
    expect((await findClone(repository.folder)).prefix).toBe('');
  } finally {
    if (kept === undefined) delete process.env['GIT_DIR'];
    else process.env['GIT_DIR'] = kept;
  }
});

test('settings that lie among the committed files run nothing', async () => {
  const bare = join(repository.folder, 'data');
  const ran = join(repository.folder, 'ran');
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', bare, ...args], { env: gitEnvironment });
  await promisify(execFile)('git', ['init', '--quiet', '--bare', bare], { env: gitEnvironment });
  // Of a partial clone git fetches what is missing: here by a program that the settings name.
  const settings = [`remote.origin.url=ext::touch ${ran}`, 'remote.origin.promisor=true', 'protocol.ext.allow=always', 'extensions.partialClone=origin'];
  for (const setting of ['core.repositoryFormatVersion=1', ...settings]) await git('config', ...setting.split('='));
  const missing = '1234567890123456789012345678901234567890';
  await writeFile(join(bare, 'refs/heads/main'), `${missing}\n`);
  await writeFile(join(bare, 'HEAD'), 'ref: refs/heads/main\n');
  expect(await outcome(openFolderTree(bare).then((tree) => tree.list()))).toBe('well');
  expect(await outcome(readRevisions({ folder: bare, base: 'HEAD' }))).toMatch(
    /^ExternalError: .*git cannot read the repository \(fatal: cannot use bare repository/,
  );
  expect(existsSync(ran)).toBe(false);
});

async function emptyFolder() {
  const path = await mkdtemp(join(tmpdir(), 'hanse-none-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

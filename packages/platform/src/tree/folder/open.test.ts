import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTree } from '@hanse/core/plan/parse-tree.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lines } from '../../../../../test/fixtures/read-document.ts';
import { readTreeFiles } from '../read-tree-files.ts';
import { openFolderTree } from './open.ts';

let root = '';

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'hanse-tree-')));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test('documents are read; what seems to be meant for one is told, and data is left alone', async () => {
  await mkdir(join(root, 'sales', 'orders'), { recursive: true });
  await mkdir(join(root, 'node_modules', 'x'), { recursive: true });
  const files = {
    'hanse.yaml': 'mesh: town\n',
    'sales/domain.yml': 'name: sales\nowner: ann\n',
    'sales/orders/contract.yaml': 'kind: DataContract\n',
    'sales/orders/orders.sql': 'select 1',
    'sales/orders/orders.csv': 'a\n1\n',
    'node_modules/x/product.yaml': 'kind: DataProduct\n',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
  await symlink(join(root, 'sales', 'domain.yml'), join(root, 'sales', 'domain.yaml'));
  const tree = await readTreeFiles(await openFolderTree(root));
  expect(tree.files.map(({ path }) => path)).toEqual(['hanse.yaml', 'sales/orders/orders.sql']);
  expect(lines(parseTree(tree.files, tree.ignored).findings)).toMatchInlineSnapshot(`
    [
      "sales/domain.yaml:1:1 warning tree.ignored: the file is ignored: symbolic links are not followed. Put the file itself here.",
      "sales/domain.yml:1:1 warning tree.ignored: the file is ignored: documents of its kind have other names. Did you mean \`domain.yaml\`? Then rename it.",
      "sales/orders/contract.yaml:1:1 warning tree.ignored: the file is ignored: documents of its kind have other names. Did you mean \`contract.odcs.yaml\`? Then rename it.",
    ]
  `);
});

test('a folder that is not there is named', async () => {
  await expect(openFolderTree(join(root, 'nowhere'))).rejects.toThrow(`${join(root, 'nowhere')}: no such folder`);
});

test('more files are read at once than a process may have open, and one that cannot be read keeps none behind it back', async () => {
  await mkdir(join(root, 'folder.sql'));
  const paths = Array.from({ length: 300 }, (_, index) => `m${index}.sql`);
  await Promise.all(paths.map((path) => writeFile(join(root, path), path)));
  const tree = await openFolderTree(root);
  const [refused, ...read] = await Promise.allSettled([tree.read('folder.sql', 9), ...paths.map((path) => tree.read(path, 9))]);
  expect(refused?.status).toBe('rejected');
  expect(read.map((each) => (each.status === 'fulfilled' ? Buffer.from(each.value ?? []).toString() : each.status))).toEqual(paths);
});

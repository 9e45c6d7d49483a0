import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildSource } from '@hanse/core/product/build-file.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLocalFiles } from '../files/local/open.ts';
import { sourceOpener } from './open-source.ts';
import type { OpenSource } from './source.ts';

let root = '';
let open: OpenSource;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'hanse-source-')));
  const repository = join(root, 'repository');
  const storage = join(repository, '.hanse');
  await mkdir(join(repository, 'finance', 'churn'), { recursive: true });
  await mkdir(storage);
  await writeFile(join(repository, 'finance', 'churn', 'rows.csv'), 'n\n1\n');
  await writeFile(join(storage, 'operator.token'), 'secret');
  await writeFile(join(root, 'outside.csv'), 'n\n1\n');
  await symlink(storage, join(repository, 'finance', 'linked'));
  await symlink(join(root, 'outside.csv'), join(repository, 'finance', 'outside.csv'));
  const environment = { PLACE: '.', PASSWORD: 'planted-secret', HANSE_TOKEN: 'planted-secret' };
  open = sourceOpener({ repository, roots: [], storage, environment, files: await openLocalFiles({ folder: join(storage, 'files') }) });
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** How landing ends: what it read, or why not. */
async function land(source: BuildSource): Promise<string> {
  try {
    const { relation } = await open(source, { folder: 'finance/churn', label: 'finance/churn: source rows' }).land({});
    return relation.files.map((file) => file.replace(root, '')).join();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const file = (pattern: string): BuildSource => ({ kind: 'file', file: pattern, format: 'csv' });

test('a source reads files of its repository and nothing of the mesh, by whatever way', async () => {
  const patterns = ['rows.csv', '${PLACE}/*.csv', '../../.hanse/operator.token', '${PLACE}/../../.hanse/*', '../linked/operator.token', '../outside.csv', '../../../outside.csv', '/etc/hostname'];
  expect(await Promise.all(patterns.map((pattern) => land(file(pattern))))).toMatchInlineSnapshot(`
    [
      "/repository/finance/churn/rows.csv",
      "/repository/finance/churn/rows.csv",
      "finance/churn: source rows: ../../.hanse/operator.token is the mesh's own",
      "finance/churn: source rows: \${PLACE}/../../.hanse/* is the mesh's own",
      "finance/churn: source rows: ../linked/operator.token is the mesh's own",
      "finance/churn: source rows: ../outside.csv lies outside the repository",
      "finance/churn: source rows: ../../../outside.csv lies outside the repository",
      "finance/churn: source rows: /etc/hostname lies outside the repository",
    ]
  `);
});

test('no message tells what a variable holds, and those of Hanse itself are not set for anybody', async () => {
  const sources = [file('${PASSWORD}'), file('/etc/../${PASSWORD}/*'), file('${HANSE_TOKEN}'), { kind: 'postgres', postgres: 'postgres://${HANSE_TOKEN}@localhost/x', read: { kind: 'table', table: 't' } } as const];
  const messages = await Promise.all(sources.map(land));
  expect(messages.join('\n')).not.toContain('planted-secret');
  expect(messages).toMatchInlineSnapshot(`
    [
      "finance/churn: source rows: no file matches \${PASSWORD}",
      "finance/churn: source rows: no file matches /etc/../\${PASSWORD}/*",
      "finance/churn: source rows: the variable \`HANSE_TOKEN\` is not set",
      "finance/churn: source rows: the variable \`HANSE_TOKEN\` is not set",
    ]
  `);
});

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
  await mkdir(join(repository, 'people', 'pay'), { recursive: true });
  await mkdir(join(repository, 'finance', 'inner'));
  await mkdir(join(root, 'shared'));
  await mkdir(storage);
  for (const domain of ['finance', 'people', 'finance/inner'])
    await writeFile(join(repository, domain, 'domain.yaml'), `name: ${domain.replace('finance/', '')}\nowner: ann\n`);
  for (const path of ['people/pay/rows.csv', 'finance/inner/rows.csv', 'nobodys.csv', '../shared/rows.csv']) await writeFile(join(repository, path), 'n\n1\n');
  await writeFile(join(repository, 'finance', 'churn', 'rows.csv'), 'n\n1\n');
  await writeFile(join(storage, 'operator.token'), 'secret');
  await writeFile(join(root, 'outside.csv'), 'n\n1\n');
  await symlink(storage, join(repository, 'finance', 'linked'));
  await symlink(join(root, 'outside.csv'), join(repository, 'finance', 'outside.csv'));
  const environment = {
    PLACE: '.',
    SHARED: join(root, 'shared'),
    DB: 'postgres://reader:planted-secret@127.0.0.1:1/x',
    PASSWORD: 'planted-secret',
    HANSE_TOKEN: 'planted-secret',
  };
  const permitted = {
    finance: { folders: [], databases: ['${DB}', 'postgres://${HANSE_TOKEN}@localhost/x'], variables: ['PLACE', 'PASSWORD', 'HANSE_TOKEN'] },
    people: { folders: ['${SHARED}', 'nobodys.csv'], databases: [], variables: [] },
  };
  open = sourceOpener({ repository, permitted, storage, environment, files: await openLocalFiles({ folder: join(storage, 'files') }) });
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** How landing ends: what it read, or why not. */
async function land(source: BuildSource, domain = 'finance', folder = `${domain}/churn`): Promise<string> {
  try {
    const { relation } = await open(source, { folder, domain, label: `${domain}/churn: source rows` }).land({});
    return relation.files.map((file) => file.replace(root, '')).join();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const file = (pattern: string): BuildSource => ({ kind: 'file', file: pattern, format: 'csv' });

test('a source reads files of its domain and nothing of other domains, of the mesh or of the machine, by whatever way', async () => {
  const patterns = [
    'rows.csv',
    '${PLACE}/*.csv',
    '../../people/pay/rows.csv',
    '../inner/rows.csv',
    '../../*/pay/*.csv',
    '../../nobodys.csv',
    '../../nothing.csv',
    '../../.hanse/operator.token',
    '${PLACE}/../../.hanse/*',
    '../linked/operator.token',
    '../outside.csv',
    '../../../outside.csv',
    '/etc/hostname',
  ];
  expect(await Promise.all(patterns.map((pattern) => land(file(pattern))))).toMatchInlineSnapshot(`
    [
      "/repository/finance/churn/rows.csv",
      "/repository/finance/churn/rows.csv",
      "finance/churn: source rows: ../../people/pay/rows.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../inner/rows.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../../*/pay/*.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../../nobodys.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../../nothing.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../../.hanse/operator.token names no file, or one that builds of finance may not read",
      "finance/churn: source rows: \${PLACE}/../../.hanse/* names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../linked/operator.token names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../outside.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: ../../../outside.csv names no file, or one that builds of finance may not read",
      "finance/churn: source rows: /etc/hostname names no file, or one that builds of finance may not read",
    ]
  `);
});

test('no message tells what a variable holds, and those of Hanse itself are not set for anybody', async () => {
  const sources = [
    file('${PASSWORD}'),
    file('/etc/../${PASSWORD}/*'),
    file('${HANSE_TOKEN}'),
    { kind: 'postgres', postgres: 'postgres://${HANSE_TOKEN}@localhost/x', read: { kind: 'table', table: 't' } } as const,
  ];
  const messages = await Promise.all(sources.map((source) => land(source)));
  expect(messages.join('\n')).not.toContain('planted-secret');
  expect(messages).toMatchInlineSnapshot(`
    [
      "finance/churn: source rows: \${PASSWORD} names no file, or one that builds of finance may not read",
      "finance/churn: source rows: /etc/../\${PASSWORD}/* names no file, or one that builds of finance may not read",
      "finance/churn: source rows: the variable \`HANSE_TOKEN\` is not set",
      "finance/churn: source rows: the variable \`HANSE_TOKEN\` is not set",
    ]
  `);
});

test('a domain reads what hanse.yaml names for it, and what it names for others it does not', async () => {
  const postgres = (connection: string): BuildSource => ({ kind: 'postgres', postgres: connection, read: { kind: 'table', table: 't' } });
  const sources = [
    file('${SHARED}/rows.csv'),
    file('../../nobodys.csv'),
    file('${PLACE}/rows.csv'),
    file('${HOME:-..}/rows.csv'),
    postgres('${DB}'),
    postgres('postgres://169.254.169.254/x'),
    postgres('${DB:-postgres://10.0.0.1/x}'),
  ];
  const asked = ['people', 'finance', 'hall', 'constructor'].map(async (domain) => [domain, await Promise.all(sources.map((source) => land(source, domain)))]);
  expect(Object.fromEntries(await Promise.all(asked))).toMatchInlineSnapshot(`
    {
      "constructor": [
        "constructor/churn: source rows: builds of constructor may not use the variable \`SHARED\`",
        "constructor/churn: source rows: ../../nobodys.csv names no file, or one that builds of constructor may not read",
        "constructor/churn: source rows: builds of constructor may not use the variable \`PLACE\`",
        "constructor/churn: source rows: builds of constructor may not use the variable \`HOME\`",
        "constructor/churn: source rows: builds of constructor may not read this database",
        "constructor/churn: source rows: builds of constructor may not read this database",
        "constructor/churn: source rows: builds of constructor may not read this database",
      ],
      "finance": [
        "finance/churn: source rows: builds of finance may not use the variable \`SHARED\`",
        "finance/churn: source rows: ../../nobodys.csv names no file, or one that builds of finance may not read",
        "/repository/finance/churn/rows.csv",
        "finance/churn: source rows: builds of finance may not use the variable \`HOME\`",
        "finance/churn: source rows: PostgreSQL says: connect ECONNREFUSED 127.0.0.1:1",
        "finance/churn: source rows: builds of finance may not read this database",
        "finance/churn: source rows: builds of finance may not read this database",
      ],
      "hall": [
        "hall/churn: source rows: builds of hall may not use the variable \`SHARED\`",
        "hall/churn: source rows: ../../nobodys.csv names no file, or one that builds of hall may not read",
        "hall/churn: source rows: builds of hall may not use the variable \`PLACE\`",
        "hall/churn: source rows: builds of hall may not use the variable \`HOME\`",
        "hall/churn: source rows: builds of hall may not read this database",
        "hall/churn: source rows: builds of hall may not read this database",
        "hall/churn: source rows: builds of hall may not read this database",
      ],
      "people": [
        "/shared/rows.csv",
        "/repository/nobodys.csv",
        "people/churn: source rows: builds of people may not use the variable \`PLACE\`",
        "people/churn: source rows: builds of people may not use the variable \`HOME\`",
        "people/churn: source rows: builds of people may not read this database",
        "people/churn: source rows: builds of people may not read this database",
        "people/churn: source rows: builds of people may not read this database",
      ],
    }
  `);
});

test('whose file it is, the disk says: neither the place that a plan states nor a domain that is not there', async () => {
  expect(
    await Promise.all([
      land(file('rows.csv'), 'people', 'finance/churn'),
      land(file('rows.csv'), 'hall', 'people/pay'),
      land(file('rows.csv'), 'inner', 'finance/inner'),
    ]),
  ).toMatchInlineSnapshot(`
    [
      "people/churn: source rows: rows.csv names no file, or one that builds of people may not read",
      "hall/churn: source rows: rows.csv names no file, or one that builds of hall may not read",
      "/repository/finance/inner/rows.csv",
    ]
  `);
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../packages/platform/bin/hanse.mjs', import.meta.url));

let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'hanse-init-')));
  await symlink(BIN, join(root, 'hanse'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** One line as a person pastes it into a shell. */
async function shell(line: string): Promise<{ readonly code: number; readonly text: string }> {
  const env = { PATH: `${root}:${process.env.PATH}` };
  return promisify(execFile)('bash', ['-c', `exec 2>&1; ${line}`], { cwd: root, env }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { readonly code: number; readonly stdout: string }) => ({ code: error.code, text: error.stdout }),
  );
}

test('a newcomer runs what init prints, word for word, and sees a governed answer', async () => {
  const { code, text } = await shell("hanse init 'First Mesh'");
  expect([code, text.replaceAll(root, '<root>')]).toMatchInlineSnapshot(`
    [
      0,
      "Wrote 10 files to <root>/First Mesh:

      .gitignore
      agreements/mia-reads-orders.oaas.yaml
      hanse.yaml
      marketing/domain.yaml
      sales/domain.yaml
      sales/orders/build.yaml
      sales/orders/orders.csv
      sales/orders/orders.odcs.yaml
      sales/orders/orders.odps.yaml
      sales/orders/orders.sql

    Next:

      hanse apply --folder 'First Mesh'
      hanse build --folder 'First Mesh'
      hanse query "select country, count(*) as orders, sum(amount) as amount from sales.orders group by country order by country" --as mia --folder 'First Mesh'

    Mia sees what her agreement gives: three countries, and no email. Ann owns the data: ask again --as ann.
    ",
    ]
  `);
  const commands = text
    .split('\n')
    .filter((line) => line.startsWith('  hanse '))
    .map((line) => line.trim());
  const ran = [];
  for (const command of commands) ran.push(await shell(command));
  expect(ran.map((one) => one.code)).toEqual([0, 0, 0]);
  expect(ran.at(-1)?.text.replaceAll(/\d{10,}/g, '<snapshot>')).toMatchInlineSnapshot(`
    "country  orders  amount
    -------  ------  ------
    DE            2     184
    DK            1  210.25
    SE            2    50.5
    sales.orders__v1: sales/orders 1.0.0, snapshot <snapshot>, role northern, contract holds
    "
  `);
  expect(await shell(`${commands.at(-1)?.replace('as mia', 'as ann') ?? ''}`)).toMatchObject({ code: 0, text: expect.stringContaining('IT') });
  expect(await shell("hanse plan --folder 'First Mesh'")).toEqual({ code: 0, text: 'No changes: the mesh is as the documents say.\n' });
  expect(await readFile(join(root, 'First Mesh', 'hanse.yaml'), 'utf8')).toContain('mesh: first-mesh\n');
}, 60_000);

test('nothing that is there is written over', async () => {
  await shell('mkdir -p taken/sales/orders above/below && echo mine > taken/sales/orders/orders.sql && touch above/hanse.yaml');
  await writeFile(join(root, 'file'), '');
  const refused = await Promise.all(['taken', 'above', 'above/below', 'file'].map((folder) => shell(`hanse init ${folder}`)));
  expect(refused.map(({ code, text }) => `${code} ${text.replaceAll(root, '<root>')}`).join('')).toMatchInlineSnapshot(`
    "1 error: <root>/taken/sales/orders/orders.sql is there already: nothing was written
      Name an empty or a new folder: hanse init <folder>.
    1 error: <root>/above/hanse.yaml is there already: nothing was written
      Look at what it would change with hanse plan, or name another folder: hanse init <folder>.
    1 error: <root>/above/below lies in the mesh of <root>/above/hanse.yaml: nothing was written
      Name a folder outside it: hanse init <folder>.
    1 error: <root>/file is a file
      Name a folder: hanse init <folder>.
    "
  `);
  expect((await shell('find taken above -type f -exec cat {} +')).text).toBe('mine\n');
}, 60_000);

test('where there is nothing to show, each command says what to do next', async () => {
  await shell('mkdir empty');
  const told = [];
  for (const command of ['plan', 'build', 'products', 'status', 'log', 'reads', 'access list'])
    told.push((await shell(`hanse ${command} --folder empty`)).text.replaceAll(root, '<root>'));
  expect(told.join('')).toMatchInlineSnapshot(`
    "Nothing to apply. <root>/empty holds no documents. Begin with: hanse init <folder>, or name the folder of a mesh: --folder <folder>.
    Nothing to build: the mesh has no tables. <root>/empty holds no documents. Begin with: hanse init <folder>, or name the folder of a mesh: --folder <folder>.
    No products. <root>/empty holds no documents. Begin with: hanse init <folder>, or name the folder of a mesh: --folder <folder>.
    mesh, log number 0

    No tables. <root>/empty holds no documents. Begin with: hanse init <folder>, or name the folder of a mesh: --folder <folder>.
    The log is empty: the first hanse apply begins it.
    No reads on record that you may see: each hanse query adds one.
    No agreements. Ask for access with: hanse access request <ref> --role <role> --purpose <why> --until <date>.
    "
  `);
}, 60_000);

test('a build says what of the folder is not applied, and which delivered file is not there', async () => {
  await shell('hanse init late');
  const told = [
    await shell('hanse build sales/orders --folder late'),
    await shell('hanse build --folder late'),
    await shell('hanse apply --folder late && echo "-- later" >> late/sales/orders/orders.sql && hanse build --folder late | grep -v published'),
  ];
  told.push(await shell('hanse build sales/orders --from no.csv --folder late'), await shell('hanse build sales/orders --from late --folder late'));
  expect(
    told
      .map(({ text }) =>
        text
          .replaceAll(root, '<root>')
          .split('\n')
          .filter((line) => /^error|^warning|^ {2}\S|Nothing/.test(line))
          .join('\n'),
      )
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "error: sales/orders is in <root>/late and not in the mesh
      Make it so first: hanse apply.
    warning: domain marketing, domain sales, product sales/orders and 3 more in <root>/late are not as applied; what was applied is built
      Look with hanse plan, and make it so with hanse apply.
    Nothing to build: the mesh has no tables. <root>/late holds 7 documents: hanse apply makes them so, then hanse build publishes their tables.
    warning: build sales/orders in <root>/late is not as applied; what was applied is built
      Look with hanse plan, and make it so with hanse apply.
    error: --from no.csv: there is no such file in <root>
      Name the delivered file: a CSV, JSON or Parquet file.
    error: --from late is no file
      Name the delivered file, or several as folder/*.csv."
  `);
}, 60_000);

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { operations } from '@hanse/core/api/operations.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeshFolder, openAirline, type ServedFolder } from './mesh-folder.ts';

const COUNT = { sql: 'select count(*) as flights from operations.flights' };

let mesh: MeshFolder;
let served: ServedFolder;
const tokens = new Map<string, string>();

beforeAll(async () => {
  mesh = await openAirline();
  await mesh.hanse('apply');
  expect(await mesh.hanse('build', 'network/airports')).toMatchObject({ code: 0 });
  served = await mesh.serve();
  for (const who of ['mia', 'fred']) tokens.set(who, (await mesh.json(operations.createToken.output, 'token', 'create', who)).token);
}, 120_000);

afterAll(() => mesh[Symbol.asyncDispose]());

async function ask(who: string, path: string, body: unknown): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await served.fetch(path, { token: tokens.get(who) ?? '', body });
  return { status: answer.status, text: await answer.text() };
}

async function planBy(who: string, files: Readonly<Record<string, string>>, home = 'theirs') {
  const tree = { home, files: Object.entries(files).map(([path, text]) => ({ path, text })) };
  return operations.plan.output.parse(JSON.parse((await ask(who, '/api/plan', { tree })).text));
}

test('who reads what is in a plan only for whom the table belongs to', async () => {
  const texts = await Promise.all(
    ['domain.yaml', 'flights/flights.odps.yaml', 'flights/flights.odcs.yaml'].map(
      async (name) => [`operations/${name}`, await readFile(join(mesh.folder, 'operations', name), 'utf8')] as const,
    ),
  );
  const files = Object.fromEntries(texts.map(([path, text]) => [path, text.replace(/\bdelay_minutes$/gm, 'late_minutes')]));
  const spied = await planBy('fred', files, 'airline');
  expect([spied.verdict, spied.steps.map(({ op, kind }) => `${op} ${kind}`), spied.steps.flatMap(({ effects }) => effects)]).toEqual([
    'nothing',
    expect.arrayContaining(['change contract']),
    [],
  ]);
});

test('a contract id opens nothing that another domain published under it', async () => {
  const kept = await readFile(join(mesh.folder, 'network/airports/airports.odcs.yaml'), 'utf8');
  await rm(join(mesh.folder, 'network'), { recursive: true });
  expect(await mesh.hanse('apply', '--retire', 'network', '--break', '--reason', 'closed')).toMatchObject({ code: 0 });
  const port = 'outputPorts:\n  - {name: airports, version: 1.0.0, contractId: network-airports-contract}\n';
  const plan = await planBy('fred', {
    'taken/domain.yaml': 'name: taken\nowner: fred\n',
    'taken/airports/airports.odps.yaml': `apiVersion: v1.1.0\nkind: DataProduct\nid: taken-airports\nname: airports\nversion: 1.0.0\nstatus: active\ndomain: taken\n${port}`,
    'taken/airports/airports.odcs.yaml': kept.replace(/^domain: network$/m, 'domain: taken'),
  });
  const applied = await ask('fred', '/api/apply', { plan, reason: 'mine now' });
  expect([applied.status, applied.text]).toMatchInlineSnapshot(`
    [
      403,
      "{"error":{"code":"denied","message":"contract taken/airports 1.0.0: another domain published data under the id network-airports-contract@1","hint":"Give the contract another id, or ask the person who runs the mesh."}}",
    ]
  `);
});

test('a token ends with the membership of its person', async () => {
  expect((await ask('mia', '/api/query', { sql: 'select 1' })).status).toBe(200);
  const path = join(mesh.folder, 'marketing/domain.yaml');
  const text = await readFile(path, 'utf8');
  await mesh.edit('marketing/domain.yaml', /  - username: mia\n(?:    .*\n)*/, '');
  expect(await mesh.hanse('apply')).toMatchObject({ code: 0 });
  expect((await ask('mia', '/api/query', COUNT)).status).toBe(401);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  expect(await mesh.hanse('apply')).toMatchObject({ code: 0 });
  expect((await ask('mia', '/api/query', { sql: 'select 1' })).status).toBe(200);
});

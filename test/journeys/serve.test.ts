import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operations } from '@hanse/core/api/operations.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { masked, type MeshFolder, openAirline, type ServedFolder } from './mesh-folder.ts';

const COUNT = ['query', 'select count(*) as flights, max(delay_minutes) as worst from operations.flights', '--as', 'mia'];
/** A command of each verb; those that only look come twice the same. */
const VERBS: readonly (readonly string[])[] = [
  COUNT,
  ['plan'],
  ['products', 'operations'],
  ['status'],
  ['lineage', 'operations/punctuality'],
  ['log', '--after', '1', '--limit', '3'],
  ['log', 'verify'],
  ['reads', '--limit', '1'],
  ['access', 'list', '--status', 'requested', '--as', 'fred'],
  ['test', 'operations/punctuality', '--as', 'ann'],
  ['build', 'operations/punctuality', '--as', 'otto'],
  ['build', 'operations/punctuality', '--as', 'mia'],
];

const openApiShape = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) }))),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const errorShape = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });

let mesh: MeshFolder;
let served: ServedFolder;
let token = '';
const alone: string[] = [];

beforeAll(async () => {
  mesh = await openAirline();
  await mesh.done('apply');
  await mesh.done('build', 'operations');
  for (const verb of VERBS) alone.push(await answerTo(verb));
  served = await mesh.serve('--listen-postgres', '127.0.0.1:0');
  ({ token } = await mesh.json(operations.createToken.output, 'token', 'create', 'mia'));
}, 180_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('each verb answers the same with the server running in the folder', async () => {
  for (const [index, verb] of VERBS.entries()) expect(await answerTo(verb)).toBe(alone[index]);
});

test('products are listed to anybody with snapshot and contract state; their numbers to their domain', async () => {
  const answer = await served.fetch('/api/products');
  const { products } = operations.products.output.parse(await answer.json());
  const tables = products.flatMap((product) => product.tables);
  expect([products.length, tables.length]).toEqual([15, 17]);
  expect(tables.filter(({ snapshot }) => snapshot !== null).map(({ ref, contract, rows }) => [ref, contract.state, rows])).toEqual([
    ['operations/flights:flights', 'holds', null],
    ['operations/punctuality:punctuality', 'holds', null],
    ['operations/punctuality:punctuality__v1', 'holds', null],
  ]);
  expect((await mesh.json(operations.products.output, 'products', 'operations', '--as', 'ann')).products[0]?.tables[0]?.rows).toBe(20_000);
});

test('the OpenAPI document describes every operation, and answers are as it says', async () => {
  const document = openApiShape.parse(await (await served.fetch('/api/openapi.json')).json());
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  );
  const offered = Object.entries(operations).map(([name, { method, path }]) => `${name} ${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(described.toSorted()).toEqual([...offered, 'query post /api/query'].toSorted());
  const ajv = new Ajv2020({ strict: false }).addSchema(document, 'document');
  for (const path of ['/api/products', '/api/status', '/api/log', '/api/agreements']) {
    const pointer = `document#/paths/${path.replaceAll('/', '~1')}/get/responses/200/content/application~1json/schema`;
    const isAsDescribed = ajv.getSchema(pointer);
    expect([path, isAsDescribed?.(await (await served.fetch(path, { token })).json()), isAsDescribed?.errors]).toEqual([path, true, null]);
  }
  const refused = ajv.getSchema('document#/components/schemas/Error');
  expect(refused?.(await (await served.fetch('/api/status')).json())).toBe(true);
});

test('a page that reaches the server under a name of its own is no guest', async () => {
  const statusAs = async (host: string) => {
    const [answer]: IncomingMessage[] = await once(get(`${served.url}/api/products`, { headers: { host } }), 'response');
    answer?.resume();
    return answer?.statusCode;
  };
  expect([await statusAs('evil.example'), await statusAs('localhost:4433')]).toEqual([401, 200]);
});

test('health needs no token', async () => {
  const answer = await served.fetch('/healthz');
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true, head: expect.any(Number) }]);
});

test('what cannot be answered says why and what to do', async () => {
  const asked = await Promise.all([
    served.fetch('/api/status'),
    served.fetch('/api/products', { token: 'hanse_wrong' }),
    served.fetch('/api/products', { token, headers: { 'x-hanse-as': 'ann' } }),
    served.fetch('/api/nothing', { token }),
    served.fetch('/api/products/operations/nothing', { token }),
    served.fetch('/api/query', { token, body: { sql: '' } }),
    served.fetch('/api/query', { token, body: 'no object' }),
    served.fetch('/api/log?limit=many', { token }),
    served.fetch('/api/query', { token, body: { sql: ' '.repeat(33 * 1024 * 1024) } }),
  ]);
  const told = await Promise.all(asked.map(async (answer) => ({ status: answer.status, ...errorShape.parse(await answer.json()).error })));
  expect(told.map(({ status, code, message, hint }) => `${status} ${code}: ${message}\n  ${hint}`).join('\n')).toMatchInlineSnapshot(`
    "401 unauthenticated: the request has no token
      Send Authorization: Bearer <token>; make one with: hanse token create <username>.
    401 unauthenticated: the token is not known here, or has expired
      Send Authorization: Bearer <token>; make one with: hanse token create <username>.
    403 denied: only the operator acts as somebody else
      Leave out X-Hanse-As.
    404 missing: /api/nothing: no such address
      See /api/openapi.json.
    404 missing: operations/nothing: there is no such product
      List them with: hanse products.
    400 usage: sql must not be empty
      Fill it in.
    400 usage: the request body is not a JSON object
      Send content-type application/json with an object.
    400 usage: limit must be a number, not \`many\`
      Write a number without quotes.
    413 limit: the request is larger than 33554432 bytes
      Send fewer documents at a time."
  `);
});

test('a wrong token on the command line is refused', async () => {
  const { code, stderr } = await mesh.hanse('products', '--token', 'hanse_wrong');
  expect([code, stderr]).toMatchInlineSnapshot(`
    [
      1,
      "error: the token is not known here, or has expired
      Send Authorization: Bearer <token>; make one with: hanse token create <username>.
    ",
    ]
  `);
});

/** psql as a person calls it, with a token as the password. */
async function psql(user: string, password: string, sql: string): Promise<string> {
  const environment = { PATH: process.env.PATH, PGPASSWORD: password, HOME: mesh.folder };
  const { stdout, stderr } = await promisify(execFile)('psql', ['-X', '-At', `${served.postgres}/airline?user=${user}`, '-c', sql], { env: environment }).catch(
    (failed: { readonly stdout: string; readonly stderr: string }) => failed,
  );
  return `${stdout}${stderr}`;
}

test.runIf(existsSync('/usr/bin/psql'))('psql sees what the agreement gives, until it ends', async () => {
  const count = 'select count(*) from operations.flights';
  expect(await psql('mia', token, count)).toBe('2997\n');
  expect(await psql('mia', 'hanse_wrong', count)).toContain('password authentication failed for user "mia"');
  const asked = ['--role', 'full', '--purpose', 'weigh fares', '--until', '2030-06-30', '--as', 'petra'];
  const { id } = await mesh.json(operations.requestAccess.output, 'access', 'request', 'operations/flights:flights', ...asked);
  await mesh.done('access', 'approve', id, '--as', 'ann');
  const petra = await mesh.json(operations.createToken.output, 'token', 'create', 'petra');
  expect(await psql('petra', petra.token, count)).toBe('20000\n');
  await mesh.done('access', 'revoke', id, '--reason', 'over', '--as', 'ann');
  expect(await psql('petra', petra.token, count)).toMatch(/^ERROR:  operations\/flights:flights: agreement \S+ was revoked by ann: over\n/);
});

test('SIGTERM ends the server in order, and the folder is free; who still waits for an answer is told', async () => {
  const headers = { authorization: `Bearer ${await readFile(join(mesh.storage, 'operator.token'), 'utf8')}` };
  const endless = served.fetch('/api/query', {
    headers: { ...headers, 'x-hanse-as': 'ann' },
    body: {
      sql: 'select count(*) as unanswered from operations.flights a, operations.flights b, operations.flights c, operations.flights d where a.origin <> b.origin',
    },
  });
  let answered = false;
  const refused = endless.then(async (answer) => {
    answered = true;
    return [answer.status, await answer.json()];
  });
  const isOnRecord = async () => (await (await served.fetch('/api/reads', { headers })).text()).includes('unanswered');
  while (!answered && !(await isOnRecord()));
  const { code, stdout, stderr } = await served.stop();
  expect([code, masked(mesh, stdout), stderr]).toMatchInlineSnapshot(`
    [
      0,
      "Hanse serves http://<address>
      products   http://<address>/api/products
      OpenAPI    http://<address>/api/openapi.json
      PostgreSQL postgres://<address>
    End it with Ctrl-C.",
      "",
    ]
  `);
  expect(await refused).toEqual([
    503,
    { error: { code: 'busy', message: 'the server was ended before the answer was there', hint: 'Ask again once it is back.' } },
  ]);
  expect(await answerTo(COUNT)).toBe(alone[0]);
});

async function answerTo(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await mesh.hanse(...words);
  return masked(mesh, `${words.join(' ')}\n${stdout}${stderr}exit ${code}`)
    .replaceAll(/\d+ (?:s|min) old.*/g, 'some time old')
    .replaceAll(/\d+ entries|number \d+/g, 'some')
    .replaceAll(/hash [\da-f]+/g, 'hash')
    .replaceAll(/[ -]{2,}/g, ' ');
}

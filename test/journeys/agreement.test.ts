import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@hanse/core/api/operations.ts';
import { type AgreementAnswer, agreementShape } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { masked, type MeshFolder, openAirline, type Ran, type ServedFolder } from './mesh-folder.ts';

const FLIGHTS = 'operations/flights:flights';
const COUNT = 'select count(*) as flights from operations.flights';

let mesh: MeshFolder;
let served: ServedFolder;

beforeAll(async () => {
  mesh = await openAirline();
  await mesh.edit('network/airports/build.yaml', /$/, 'schedule: "0 4 1 * *"\n');
  await mesh.done('apply');
  await mesh.done('build', 'operations/flights');
  served = await mesh.serve();
}, 120_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('a request is answered by the providing domain, not by who asked and not by others', async () => {
  expect(await count('fred')).toMatchObject({ code: 1 });
  const request = await asked('fred', 'full', 'weigh fares by delay');
  expect(request).toMatchObject({ status: 'requested', consumer: 'fred', provider: `${FLIGHTS}__v1`, role: 'full', requestedBy: 'fred', answeredBy: null });
  expect(await count('fred')).toMatchObject({ code: 1 });
  const refused = await Promise.all(['fred', 'mia', 'otto'].map((who) => mesh.hanse('access', 'approve', request.id, '--as', who)));
  expect(refused.map(({ code, stderr }) => `${code} ${stderr.replace(request.id, '<id>')}`).join('')).toMatchInlineSnapshot(`
    "1 error: agreement <id>: you may not approve it: only operations's owner, stewards and the role's approvers may approve it
      Somebody else who answers for operations does: its owner, a steward or the role's approvers.
    1 error: agreement <id>: you have none of that name
      List yours with: hanse access list.
    1 error: agreement <id>: you may not approve it: only operations's owner, stewards and the role's approvers may approve it
      Ask operations’s owner.
    "
  `);
  expect((await mesh.json(operations.agreements.output, 'access', 'list', '--status', 'requested', '--as', 'ann')).agreements.map(({ id }) => id)).toEqual([
    request.id,
  ]);
  const approved = await mesh.hanse('access', 'approve', request.id, '--reason', 'agreed', '--as', 'ann');
  expect([approved.code, masked(mesh, approved.stdout)]).toMatchInlineSnapshot(`
    [
      0,
      "<id>: fred reads operations/flights:flights__v1 as full until 2030-06-30: active",
    ]
  `);
  expect(await count('fred')).toMatchObject({ code: 0, stdout: expect.stringContaining('20000') });
  expect(await mesh.hanse('access', 'approve', request.id, '--as', 'ann')).toMatchObject({ code: 1, stderr: expect.stringContaining('it is active') });
});

test('two agreements on one table: the statement names its purpose', async () => {
  const second = await asked('fred', 'west-coast', 'plan crews');
  await mesh.done('access', 'approve', second.id, '--as', 'ann');
  const both = await count('fred');
  expect([both.code, masked(mesh, both.stderr)]).toMatchInlineSnapshot(`
    [
      1,
      "error: 2 agreements open operations/flights:flights: "plan crews" (<id>, role west-coast), "weigh fares by delay" (<id>, role full)
      Name the purpose of this statement: --purpose on the command line, X-Hanse-Purpose over HTTP, SET hanse.purpose in psql.",
    ]
  `);
  expect(await count('fred', '--purpose', 'plan crews')).toMatchObject({ code: 0, stdout: expect.stringContaining('2997') });
  expect(await count('fred', '--purpose', 'weigh fares by delay')).toMatchObject({ code: 0, stdout: expect.stringContaining('20000') });
  const other = await count('fred', '--purpose', 'curiosity');
  expect([other.code, masked(mesh, other.stderr)]).toMatchInlineSnapshot(`
    [
      1,
      "error: operations/flights:flights: no agreement in force has the purpose "curiosity"
      In force: "plan crews", "weigh fares by delay".",
    ]
  `);
  const { token } = await mesh.json(operations.createToken.output, 'token', 'create', 'fred');
  const answers = [{}, { 'x-hanse-purpose': 'plan crews' }].map((headers) => served.fetch('/api/query', { token, headers, body: { sql: COUNT } }));
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([403, 200]);
});

test('rejected, renewed and standing', async () => {
  const unwanted = await asked('mia', 'full', 'everything, to be safe');
  expect(await mesh.json(agreementShape, 'access', 'reject', unwanted.id, '--reason', 'too much for a campaign', '--as', 'ann')).toMatchObject({
    status: 'rejected',
    answeredBy: 'ann',
  });
  expect(await mesh.hanse('access', 'renew', unwanted.id, '--until', '2031-06-30', '--as', 'ann')).toMatchObject({ code: 1 });
  const [mine] = (await mesh.json(operations.agreements.output, 'access', 'list', '--status', 'active', '--as', 'fred')).agreements.filter(
    ({ purpose }) => purpose === 'plan crews',
  );
  expect(await mesh.json(agreementShape, 'access', 'renew', mine?.id ?? '', '--until', '2031-06-30', '--as', 'ann')).toMatchObject({
    status: 'active',
    end: '2031-06-30T23:59:59.999Z',
  });
  const standing = await mesh.json(
    agreementShape,
    'access',
    'request',
    'network/airports:airports',
    '--role',
    'full',
    '--purpose',
    'name the bases',
    '--until',
    '2030-06-30',
    '--as',
    'petra',
  );
  expect(standing).toMatchObject({ status: 'active', answeredBy: 'standing rule' });
});

test('the server builds what is due, and a standing role reads it', async () => {
  await expect
    .poll(() => mesh.hanse('query', 'select count(*) as airports from network.airports', '--as', 'petra'), { timeout: 60_000, interval: 500 })
    .toMatchObject({ code: 0, stdout: expect.stringContaining('3376') });
});

test('a request that cannot be filed says what is wrong', async () => {
  const flags = (role = 'full', until = '2030-01-01') => ['--role', role, '--purpose', 'why', '--until', until];
  const refused = await Promise.all([
    mesh.hanse('access', 'request', FLIGHTS, '--purpose', 'why', '--until', '2030-01-01', '--as', 'fred'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags('everything'), '--as', 'fred'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags('full', '2020-01-01'), '--as', 'fred'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags('full', 'soon'), '--as', 'fred'),
    mesh.hanse('access', 'request', 'operations/flight', ...flags(), '--as', 'fred'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags(), '--as', 'otto'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags(), '--for', 'people', '--as', 'fred'),
    mesh.hanse('access', 'request', FLIGHTS, ...flags()),
  ]);
  expect(refused.map(({ code, stderr }) => `${code} ${stderr}`).join('')).toMatchInlineSnapshot(`
    "2 error: hanse access request needs --role
      Usage: hanse access request <ref> --role <role> --purpose <why> --until <date>
    1 error: operations/flights:flights offers no role everything
      It offers: full, west-coast.
    1 error: 2020-01-01 has passed
      An agreement ends in the future.
    1 error: "soon" is no date
      As in --until 2027-06-30.
    1 error: operations/flight: there is no such product or port
      Did you mean \`operations/flights\`?
    1 error: operations/flights:flights is operations's own: its members read it without an agreement
    1 error: fred is no member of people
      Only a member asks for a domain or its products.
    1 error: only a person requests access
      Say who asks: --as <username>, or a token.
    "
  `);
});

test('revoked: the next statement is refused on the command line and over HTTP, and its file does not bring it back', async () => {
  const { token } = await mesh.json(operations.createToken.output, 'token', 'create', 'mia');
  const ask = () => served.fetch('/api/query', { token, body: { sql: COUNT } });
  expect((await ask()).status).toBe(200);
  await mesh.done('access', 'revoke', 'mia-reads-flights', '--reason', 'the campaign is over', '--as', 'ann');
  const [overHttp, inTerminal] = [await ask(), await count('mia')];
  expect([overHttp.status, inTerminal.code, inTerminal.stderr]).toMatchInlineSnapshot(`
    [
      403,
      1,
      "error: operations/flights:flights: agreement mia-reads-flights was revoked by ann: the campaign is over
      Request a role (full, west-coast): hanse access request operations/flights:flights --role <role> --purpose <why> --until <date>.
    ",
    ]
  `);
  const planned = await mesh.hanse('plan');
  expect([planned.code, planned.stdout]).toMatchInlineSnapshot(`
    [
      0,
      "warning agreements/mia-reads-flights.oaas.yaml:1:1: agreement mia-reads-flights has its home in the mesh itself (there it is revoked); this file changes nothing [plan.elsewhere]
      Remove the file, or change the agreement with hanse access.
    No changes: the mesh is as the documents say.
    ",
    ]
  `);
});

test('one byte flipped in the store: log verify fails and says where', async () => {
  await served.stop();
  await mesh.done('log', 'verify');
  const file = join(mesh.storage, 'store.sqlite');
  const bytes = await readFile(file);
  const body = '"purpose":"weigh fares by delay"';
  bytes[bytes.indexOf(body) + body.indexOf('weigh')] = 'W'.charCodeAt(0);
  await writeFile(file, bytes);
  const verified = await mesh.hanse('log', 'verify');
  expect([verified.code, masked(mesh, verified.stdout).replaceAll(/(version|entry) \d+/g, '$1 <n>')]).toMatchInlineSnapshot(`
    [
      1,
      "agreement/<id>: the body of version <n> is not the one that was committed.
      The store was changed from outside, or its disk is failing. Keep a copy for inquiry and restore a backup.",
    ]
  `);
});

async function asked(who: string, role: string, purpose: string): Promise<AgreementAnswer> {
  return mesh.json(agreementShape, 'access', 'request', FLIGHTS, '--role', role, '--purpose', purpose, '--until', '2030-06-30', '--as', who);
}

function count(who: string, ...flags: string[]): Promise<Ran> {
  return mesh.hanse('query', COUNT, '--as', who, ...flags);
}

import { operations } from '@hanse/core/api/operations.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openMesh, type OpenMesh, operator } from '../../../../test/fixtures/open-mesh.ts';
import { agreementText, smallTexts } from '../../../../test/fixtures/small-mesh.ts';
import { createClient } from '../api/client.ts';
import { UserError } from '../error.ts';
import { type Server, serveMesh } from '../serve.ts';
import { createToken } from '../services/token/tokens.ts';
import { httpLimits } from './limits.ts';
import { createRoutes } from './routes.ts';

const texts = {
  ...smallTexts,
  'people/domain.yaml': 'name: people\nowner: ott\n',
  'agreements/r1.oaas.yaml': agreementText({ id: 'r1', status: 'requested', role: 'full' }),
};

/** Who calls, as columns of the table below. */
const CALLERS = ['none', 'garbage', 'expired', 'operator', 'femi', 'mia', 'ott'] as const;
type Caller = (typeof CALLERS)[number];

let mesh: OpenMesh;
let server: Server;
const tokens = new Map<Caller, string>();

beforeAll(async () => {
  mesh = await openMesh({ texts });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\nbob,2\n' });
  await mesh.apply();
  await mesh.build();
  server = await serveMesh(mesh.open, { host: '127.0.0.1', port: 0, version: '0.0.0', operator: 'root' });
  for (const username of ['femi', 'mia', 'ott'] as const) tokens.set(username, (await mesh.api().createToken({ username })).token);
  const past = { ...mesh.platform, clock: { now: () => '2020-01-01T00:00:00.000Z' } };
  tokens.set('expired', (await createToken(past, operator, { username: 'femi', days: 1 })).token);
  tokens.set('garbage', 'hanse_nonsense').set('operator', mesh.open.operatorToken);
});

afterAll(async () => {
  await server.close();
  await mesh[Symbol.asyncDispose]();
});

interface Asked {
  readonly as?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body's bytes, where it is not JSON. */
  readonly raw?: string;
  readonly signal?: AbortSignal;
}

function ask(path: string, { as = 'none', headers = {}, body, raw, signal }: Asked = {}): Promise<Response> {
  const token = tokens.get(as);
  return fetch(new URL(path, server.url), {
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(signal !== undefined && { signal }),
    ...((body !== undefined || raw !== undefined) && { method: 'POST', body: raw ?? JSON.stringify(body) }),
  });
}

const errorShape = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }) });

/** An answer as its status and, where it is a refusal, its words: which hold no place on the server's disk and no stack. */
async function told(response: Response): Promise<string> {
  const text = await response.text();
  if (response.status < 400) return String(response.status);
  expect(text).not.toMatch(/\/tmp|\/home|\/work|node_modules|\.ts:\d+|\n {4}at /);
  expect(text).not.toContain(mesh.folder);
  const { error } = errorShape.parse(JSON.parse(text));
  return `${response.status} ${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`;
}

const asked = { role: 'full', purpose: 'Look closer.', until: '2030-01-01' };
const emptyPlan = { home: 'here', base: 0, verdict: 'nothing', steps: [], findings: [], seal: 'forged' };
const use = { table: 'metrics@1/metrics', consumer: 'marketing', columns: ['amount'] };
const event = {
  eventTime: '2026-05-01T10:00:00Z',
  eventType: 'COMPLETE',
  run: { runId: '0190b8f2-0000-7000-8000-000000000001' },
  job: { namespace: 'airflow', name: 'reach' },
  inputs: [{ namespace: 'hanse://mesh', name: 'finance.metrics__v1' }],
};
const count = (table: string) => ({ sql: `select count(*) from ${table}` });

/** Statuses for: nobody, an unknown token, an expired one, the operator, finance's owner, marketing's analyst, people's owner. */
const TABLE: readonly (readonly [string, number[], JsonObject?])[] = [
  ['/healthz', [200, 200, 200, 200, 200, 200, 200]],
  ['/api/openapi.json', [200, 200, 200, 200, 200, 200, 200]],
  ['/api/products', [200, 401, 401, 200, 200, 200, 200]],
  ['/api/products?domain=nowhere', [200, 401, 401, 200, 200, 200, 200]],
  ['/api/products/finance/churn', [200, 401, 401, 200, 200, 200, 200]],
  ['/api/products/finance/nothing', [404, 401, 401, 404, 404, 404, 404]],
  ['/api/status', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/lineage?ref=finance/churn:metrics', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/lineage?ref=finance/nothing', [401, 401, 401, 404, 404, 404, 404]],
  ['/api/checks?ref=finance/churn', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/checks?ref=finance/nothing', [401, 401, 401, 404, 404, 404, 404]],
  ['/api/log', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/reads', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/consumers?domains=finance', [401, 401, 401, 200, 200, 403, 403]],
  ['/api/agreements', [401, 401, 401, 200, 200, 200, 200]],
  ['/api/statements', [401, 401, 401, 200, 200, 200, 200], { dialect: 'postgres', statements: ['select 1'] }],
  ['/api/usage', [401, 401, 401, 200, 200, 403, 403], { source: 'query-log', origin: 'log', uses: [use] }],
  ['/api/usage', [401, 401, 401, 200, 403, 200, 403], { source: 'dbt', origin: 'marketing/shop', uses: [use] }],
  ['/api/lineage', [401, 401, 401, 403, 200, 200, 200], event],
  ['/api/lineage', [401, 401, 401, 422, 422, 422, 422], {}],
  ['/api/grants', [401, 401, 401, 200, 200, 200, 200], { apply: true }],
  ['/api/log/verify', [401, 401, 401, 200, 200, 200, 200], {}],
  ['/api/plan', [401, 401, 401, 200, 200, 200, 200], { tree: { home: 'elsewhere', files: [] } }],
  ['/api/apply', [401, 401, 401, 422, 422, 422, 422], { plan: emptyPlan }],
  ['/api/build', [401, 401, 401, 200, 200, 403, 403], { ref: 'finance/churn' }],
  ['/api/build', [401, 401, 401, 200, 403, 200, 403], { ref: 'marketing/spend' }],
  ['/api/build', [401, 401, 401, 404, 404, 404, 404], { ref: 'finance/nothing' }],
  ['/api/build', [401, 401, 401, 200, 403, 403, 403], {}],
  ['/api/build', [401, 401, 401, 200, 403, 403, 403], { ref: 'finance/churn:metrics', from: '/etc/passwd' }],
  ['/api/test', [401, 401, 401, 200, 200, 403, 403], { ref: 'finance/churn' }],
  ['/api/test', [401, 401, 401, 404, 404, 404, 404], { ref: 'finance/nothing' }],
  ['/api/collect', [401, 401, 401, 200, 403, 403, 403], { dryRun: true }],
  ['/api/doctor', [401, 401, 401, 200, 403, 403, 403], {}],
  ['/api/agreements', [401, 401, 401, 403, 422, 200, 200], { ref: 'finance/churn:metrics', ...asked }],
  ['/api/agreements', [401, 401, 401, 403, 404, 404, 404], { ref: 'finance/nothing', ...asked }],
  ['/api/agreements/r1/approve', [401, 401, 401, 403, 200, 403, 404], {}],
  ['/api/agreements/r1/revoke', [401, 401, 401, 403, 200, 403, 404], {}],
  ['/api/agreements/nothing/approve', [401, 401, 401, 404, 404, 404, 404], {}],
  ['/api/acceptances', [401, 401, 401, 403, 403, 200, 404], { agreement: 'a1', changes: ['column-removed:metrics:amount'] }],
  ['/api/acceptances', [401, 401, 401, 404, 404, 404, 404], { agreement: 'nothing', changes: ['column-removed:metrics:amount'] }],
  ['/api/tokens', [401, 401, 401, 200, 403, 200, 403], { username: 'mia' }],
  ['/api/tokens', [401, 401, 401, 404, 403, 403, 403], { username: 'nobody' }],
  ['/api/query', [401, 401, 401, 403, 200, 200, 403], count('finance.metrics')],
  ['/api/query', [401, 401, 401, 403, 403, 200, 403], count('marketing.spend')],
  ['/api/query', [401, 401, 401, 404, 404, 404, 404], count('finance.nothing')],
  ['/nothing', [404, 404, 404, 404, 404, 404, 404]],
];

test.each(TABLE.map((row) => ({ row })))('$row.0 is answered as the table says', async ({ row: [path, statuses, body] }) => {
  const found: string[] = [];
  for (const as of CALLERS) found.push(`${as} ${(await told(await ask(path, { as, body }))).split(' ')[0]}`);
  expect(found).toEqual(CALLERS.map((as, index) => `${as} ${statuses[index]}`));
});

test('the table has every operation', () => {
  const asked = new Set(TABLE.map(([path, , body]) => `${body === undefined ? 'GET' : 'POST'} ${path.split('?')[0]}`));
  const isAsked = (method: string, path: string) => [...asked].some((one) => new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/]+')}$`).test(one));
  expect(
    Object.values(operations)
      .filter(({ method, path }) => !isAsked(method, path))
      .map(({ path }) => path),
  ).toEqual([]);
});

test('an agreement of others and one that is not there are told alike', async () => {
  const answers = await Promise.all(
    ['r1', 'nothing'].map(async (id) => (await told(await ask(`/api/agreements/${id}/approve`, { as: 'ott', body: {} }))).replace(id, '<id>')),
  );
  expect(new Set(answers)).toEqual(new Set(['404 missing: agreement <id>: you have none of that name List yours with: hanse access list.']));
});

test('only the operator acts as somebody else', async () => {
  const query = { body: count('finance.metrics'), headers: { 'x-hanse-as': 'mia' } };
  expect(await told(await ask('/api/query', { as: 'operator', ...query }))).toBe('200');
  expect(await told(await ask('/api/query', { as: 'femi', ...query }))).toBe('403 denied: only the operator acts as somebody else Leave out X-Hanse-As.');
  expect(await told(await ask('/api/query', { as: 'none', ...query }))).toContain('401 unauthenticated');
  expect(await told(await ask('/api/query', { as: 'operator', body: count('finance.metrics'), headers: { 'x-hanse-as': 'nobody' } }))).toContain(
    '404 missing: nobody is a member of no domain',
  );
});

test('off loopback nobody sees the catalogue without a token', async () => {
  const open = await serveMesh(mesh.open, { host: '0.0.0.0', port: 0, version: '0.0.0', operator: 'root' });
  const statuses = await Promise.all(
    ['/api/products', '/api/products/finance/churn', '/healthz'].map(
      async (path) => (await fetch(new URL(path, open.url.replace('0.0.0.0', '127.0.0.1')))).status,
    ),
  );
  await open.close();
  expect(statuses).toEqual([401, 401, 200]);
});

test('what is no request is told so', async () => {
  const as = 'femi';
  const answers = [
    await told(await ask('/api/query', { as, raw: '{"sql": ' })),
    await told(await ask('/api/query', { as, raw: '' })),
    await told(await ask('/api/query', { as, raw: '["select 1"]' })),
    await told(await ask('/api/query', { as, raw: '"select 1"' })),
    await told(await ask('/api/query', { as, body: {} })),
    await told(await ask('/api/query', { as, body: { sql: 'select 1', porpoise: 'reach' } })),
    await told(await ask('/api/query', { as, body: { sql: 'select 1', format: 'xml' } })),
    await told(await ask('/api/log?limit=many', { as })),
    await told(await ask('/api/log?limit=0', { as })),
    await told(await ask('/api/products?domian=finance', { as })),
    await told(await ask('/api/agreements/r1/applaud', { as, body: {} })),
    await told(await ask('/api/plan', { as, body: { tree: { home: 'here', files: [{ path: 'a' }] } } })),
    await told(await ask('/api/products', { headers: { authorization: 'Basic ZmVtaTpmZW1p' }, as: 'none' })),
    await told(await ask('/api/status', { headers: { authorization: 'Basic ZmVtaTpmZW1p' } })),
  ];
  expect(answers).toMatchInlineSnapshot(`
    [
      "400 usage: the request body is not a JSON object Send content-type application/json with an object.",
      "400 usage: the request body is not a JSON object Send content-type application/json with an object.",
      "400 usage: the request body is not a JSON object Send content-type application/json with an object.",
      "400 usage: the request body is not a JSON object Send content-type application/json with an object.",
      "400 usage: \`sql\` is missing Add it: a text.",
      "400 usage: \`porpoise\` is not known here Did you mean \`purpose\`?",
      "400 usage: format must be \`json\`, \`jsonl\`, \`csv\` or \`parquet\`, not \`xml\` Write one of them.",
      "400 usage: limit must be a number, not \`many\` Write a number without quotes.",
      "400 usage: limit must be at least 1, not \`0\` Write at least 1.",
      "400 usage: \`domian\` is not known here Did you mean \`domain\`?",
      "400 usage: verb must be \`approve\`, \`reject\`, \`revoke\` or \`renew\`, not \`applaud\` Write one of them.",
      "400 usage: tree.files[0]: \`text\` is missing Add it: a text.",
      "200",
      "401 unauthenticated: the request has no token Send Authorization: Bearer <token>; make one with: hanse token create <username>.",
    ]
  `);
});

test('an input is refused with the same words in process and over HTTP', async () => {
  const there = createClient({ url: server.url, token: tokens.get('mia') ?? '' });
  const wrong = [
    (api: typeof there) => api.requestAccess({ ref: 'finance/churn:metrics', ...asked, purpose: 'x' }),
    (api: typeof there) => api.createToken({ username: 'mia', days: 4000 }),
    (api: typeof there) => api.reads({ limit: 'ten' }),
    (api: typeof there) => api.query({ sql: '' }),
  ];
  const words = (api: typeof there) =>
    Promise.all(
      wrong.map((call) =>
        call(api).then(
          () => 'no refusal',
          (error: UserError) => `${error.code}: ${error.message}. ${error.hint}`,
        ),
      ),
    );
  const here = await words(mesh.api('mia'));
  expect(await words(there)).toEqual(here);
  expect(here).toMatchInlineSnapshot(`
    [
      "usage: purpose must be at least 3 characters, not \`x\`. Write at least 3 characters.",
      "usage: days must be at most 366, not the number 4000. Write at most 366.",
      "usage: limit must be a number, not \`ten\`. Write a number without quotes.",
      "usage: sql must not be empty. Fill it in.",
    ]
  `);
});

test('a body has a bound, said before or not', async () => {
  const large = JSON.stringify({ sql: 'x'.repeat(httpLimits.bodyBytes) });
  expect(await told(await ask('/api/query', { as: 'femi', raw: large }))).toMatchInlineSnapshot(
    `"413 limit: the request is larger than 33554432 bytes Send fewer documents at a time."`,
  );
  const token = tokens.get('femi') ?? '';
  const chunks = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(large));
      controller.close();
    },
  });
  const streamed = await fetch(new URL('/api/query', server.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: chunks,
    duplex: 'half',
  } as RequestInit);
  expect((await told(streamed)).split(' ')[0]).toBe('413');
});

test('the OpenAPI document describes what is answered', async () => {
  const document = z.looseObject({ paths: z.record(z.string(), z.unknown()) }).parse(await (await ask('/api/openapi.json')).json());
  const ajv = new Ajv2020({ strict: false }).addSchema(document, 'openapi');
  const wrong: string[] = [];
  for (const [path, , body] of TABLE.filter(([, statuses]) => statuses[3] === 200).slice(2)) {
    const { pathname } = new URL(path, server.url);
    const found = Object.keys(document.paths).find((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
    const place = `openapi#/paths/${(found ?? 'none').replaceAll('/', '~1')}/${body === undefined ? 'get' : 'post'}`;
    const answer = await (await ask(path, { as: 'operator', body })).json();
    if (!ajv.validate({ $ref: `${encodeURI(place)}/responses/200/content/application~1json/schema` }, answer)) wrong.push(`${path}: ${ajv.errorsText()}`);
    if (body !== undefined && !ajv.validate({ $ref: `${encodeURI(place)}/requestBody/content/application~1json/schema` }, body))
      wrong.push(`${path}: ${ajv.errorsText()}`);
  }
  expect(wrong).toEqual([]);
});

test('each format has its type, and where the rows come from stands beside them', async () => {
  const answered = await Promise.all(
    ['json', 'jsonl', 'csv', 'parquet'].map(async (format) => {
      const response = await ask('/api/query', {
        as: 'mia',
        body: { sql: 'select customer, amount from finance.metrics order by 1', format, purpose: 'Look.' },
      });
      const body = format === 'parquet' ? (await response.bytes()).subarray(0, 4).toString() : await response.text();
      return [response.headers.get('content-type'), JSON.parse(decodeURIComponent(response.headers.get('x-hanse-columns') ?? '')), body];
    }),
  );
  expect(answered).toMatchInlineSnapshot(`
    [
      [
        "application/json",
        [
          {
            "name": "customer",
            "type": "VARCHAR",
          },
          {
            "name": "amount",
            "type": "DOUBLE",
          },
        ],
        "[{"customer":"ann","amount":1.5},{"customer":"bob","amount":2.0}]
    ",
      ],
      [
        "application/x-ndjson",
        [
          {
            "name": "customer",
            "type": "VARCHAR",
          },
          {
            "name": "amount",
            "type": "DOUBLE",
          },
        ],
        "{"customer":"ann","amount":1.5}
    {"customer":"bob","amount":2.0}
    ",
      ],
      [
        "text/csv; charset=utf-8",
        [
          {
            "name": "customer",
            "type": "VARCHAR",
          },
          {
            "name": "amount",
            "type": "DOUBLE",
          },
        ],
        "customer,amount
    ann,1.5
    bob,2.0
    ",
      ],
      [
        "application/vnd.apache.parquet",
        [
          {
            "name": "customer",
            "type": "VARCHAR",
          },
          {
            "name": "amount",
            "type": "DOUBLE",
          },
        ],
        "80,65,82,49",
      ],
    ]
  `);
  const response = await ask('/api/query', { as: 'mia', body: count('finance.metrics'), headers: { 'x-hanse-purpose': 'Look.' } });
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(JSON.parse(decodeURIComponent(response.headers.get('x-hanse-provenance') ?? ''))).toMatchObject([
    { table: 'finance.metrics__v1', role: 'eu', agreement: 'a1', contractState: 'holds' },
  ]);
  expect(await told(await ask('/api/query', { as: 'mia', body: count('finance.metrics'), headers: { 'x-hanse-purpose': 'Play.' } }))).toContain(
    '403 denied: finance/churn:metrics: no agreement in force has the purpose "Play."',
  );
});

test('many columns do not fit a header, and are answered all the same', async () => {
  const sql = `select ${Array.from({ length: 500 }, (_, index) => `1 as a_column_of_many_${index}`).join(', ')}`;
  const response = await ask('/api/query', { as: 'femi', body: { sql, format: 'csv' } });
  expect(response.headers.get('x-hanse-columns')).toBeNull();
  expect((await response.text()).split('\n')[1]?.split(',')).toHaveLength(500);
});

const ENDLESS = '(select max(a.range * b.range) from range(10000000) a, range(10000000) b)';

/** The lines of a streamed answer, as they come. */
async function* linesOf(response: Response): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let rest = '';
  for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
  expect(rest).toBe('');
}

test('long work tells its progress line by line, then its result, or why it has none', async () => {
  const headers = { accept: 'application/x-ndjson' };
  const built = await Array.fromAsync(linesOf(await ask('/api/build', { as: 'femi', body: { ref: 'finance/churn', force: true }, headers })));
  expect(built.slice(0, -1).map((line) => operationLine.parse(line).progress.stage)).toEqual(
    expect.arrayContaining(['building', 'checking', 'preparing slices']),
  );
  expect(operations.build.output.parse(built.at(-1)?.['result']).runs.map(({ outcome }) => outcome)).toEqual(['published']);
  expect(await told(await ask('/api/build', { as: 'mia', body: { ref: 'finance/churn' }, headers }))).toBe(
    '403 denied: mia is no member of finance Only members build a domain’s products.',
  );
  expect((await ask('/api/build', { body: { ref: 'finance/churn' }, headers })).status).toBe(401);
});

const operationLine = z.strictObject({ progress: z.object({ ref: z.string(), stage: z.string() }) });

test('a client that goes away ends its statement: another finds a worker free', async () => {
  const leave = new AbortController();
  const left = Array.from({ length: 4 }, () => ask('/api/query', { as: 'femi', body: { sql: `select ${ENDLESS}` }, signal: leave.signal }));
  const ends = expect(Promise.any(left)).rejects.toThrow();
  // What is asked later on other connections is answered in the meantime.
  for (let count = 0; count < 5; count += 1) await (await ask('/api/lineage?ref=finance/churn:metrics', { as: 'femi' })).text();
  leave.abort();
  await ends;
  expect(await (await ask('/api/query', { as: 'femi', body: count('finance.metrics') })).text()).toContain('2');
});

test('a client that goes away ends its build, which publishes nothing', async () => {
  await mesh.apply({ 'finance/churn/metrics.sql': `select customer, amount from source.rows where ${ENDLESS} > 0` });
  const head = await mesh.platform.store.head();
  const before = await mesh.rows('select count(*) as n from finance.metrics', 'femi');
  const leave = new AbortController();
  const response = await ask('/api/build', { as: 'femi', body: { ref: 'finance/churn' }, headers: { accept: 'application/x-ndjson' }, signal: leave.signal });
  const lines = linesOf(response);
  expect((await lines.next()).value).toMatchObject({ progress: { stage: 'building' } });
  leave.abort();
  await expect(lines.next()).rejects.toThrow('aborted');
  for await (const { intent } of mesh.platform.store.watch(head, AbortSignal.timeout(50_000))) if (intent === 'run.failed') break;
  expect(await mesh.rows('select count(*) as n from finance.metrics', 'femi')).toEqual(before);
  await mesh.apply({ 'finance/churn/metrics.sql': smallTexts['finance/churn/metrics.sql'] });
  expect((await mesh.build('finance/churn')).map(({ outcome }) => outcome)).toEqual(['unchanged']);
});

test('without a token none of a body is read, however large it is', async () => {
  const read: string[] = [];
  const routes = createRoutes({
    apiFor: () => Promise.reject(new UserError('unauthenticated', 'no token')),
    limits: httpLimits,
    version: '0.0.0',
    ending: new AbortController().signal,
    health: async () => ({ head: 0 }),
  });
  for (const path of ['/api/query', '/api/plan']) {
    const body = new ReadableStream({ pull: (controller) => (read.push(path), controller.enqueue(new Uint8Array(2 ** 20))) }, { highWaterMark: 0 });
    const response = await routes.request(path, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(401);
  }
  expect(read).toEqual([]);
});

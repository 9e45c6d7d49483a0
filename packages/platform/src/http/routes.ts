import { type Api, type Call, operations, type OperationName, queryInput } from '@hanse/core/api/operations.ts';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { stream } from 'hono/streaming';
import { UserError } from '../error.ts';
import { parseInput } from '../services/parse-input.ts';
import { describeError } from './describe-error.ts';
import type { HttpLimits } from './limits.ts';
import { openApi } from './open-api.ts';

export interface RouteOptions {
  /** The mesh as the caller of this request may use it; a refusal where nobody is known. */
  readonly apiFor: (credentials: Credentials) => Promise<Api<AbortSignal>>;
  readonly limits: HttpLimits;
  readonly version: string;
  /** Aborts with what is said to those whose answer is not there when the server ends. */
  readonly ending: AbortSignal;
  readonly health: () => Promise<{ readonly head: number }>;
}

export interface Credentials {
  readonly token: string | undefined;
  readonly as: string | undefined;
  /** The host that the request names, as URLs write it. */
  readonly host: string;
  /** The operation may be open to whoever asks. */
  readonly open: boolean;
}

const MIME = { json: 'application/json', jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const;

/** Every operation of `core/api` under its path, the query, health and the OpenAPI document. */
export function createRoutes(options: RouteOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    const { status, body } = describeError(error);
    return context.json(body, status);
  });
  app.notFound((context) => context.json(describeError(new UserError('missing', `${context.req.path}: no such address`, 'See /api/openapi.json.')).body, 404));
  app.use('*', async (context, next) => {
    await next();
    context.header('x-content-type-options', 'nosniff');
  });
  app.get('/healthz', async (context) => context.json({ ok: true, ...(await options.health()) }));
  app.get('/api/openapi.json', (context) => context.json(openApi(options.version)));
  // Who calls is known before any of the body is read.
  const limited = bodyLimit({ maxSize: options.limits.bodyBytes, onError: () => tooLarge(options.limits) });
  const known = (open: boolean) =>
    createMiddleware<Known>(async (context, next) => {
      context.set('api', await apiOf(options, context, open));
      await next();
    });
  app.post('/api/query', known(false), limited, (context) => answerQuery(options, context));
  for (const name of Object.keys(operations) as OperationName[]) {
    const { method, path } = operations[name];
    app.on([method], [path], known('open' in operations[name]), limited, (context) => answerOperation(options, name, context));
  }
  return app;
}

interface Known {
  readonly Variables: { api: Api<AbortSignal> };
}

function tooLarge(limits: HttpLimits): never {
  throw new UserError('limit', `the request is larger than ${limits.bodyBytes} bytes`, 'Send fewer documents at a time.');
}

async function apiOf(options: RouteOptions, context: Context, open: boolean): Promise<Api<AbortSignal>> {
  const authorization = context.req.header('authorization') ?? '';
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  return options.apiFor({ token, as: context.req.header('x-hanse-as'), host: new URL(context.req.url).hostname, open });
}

async function inputOf(context: Context): Promise<unknown> {
  const given: unknown = context.req.method === 'GET' ? context.req.query() : await context.req.json().catch(() => notJson());
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw notJson();
  return { ...given, ...context.req.param() };
}

function notJson(): never {
  throw new UserError('usage', 'the request body is not a JSON object', 'Send content-type application/json with an object.');
}

/** The client goes away, or the server ends. */
function endOf({ ending }: RouteOptions, context: Context): AbortSignal {
  return AbortSignal.any([context.req.raw.signal, ending]);
}

async function answerOperation(options: RouteOptions, name: OperationName, context: Context<Known>): Promise<Response> {
  const { api } = context.var;
  const input = await inputOf(context);
  const run = api[name] as (input: unknown, call: Call<AbortSignal>) => Promise<unknown>;
  const signal = endOf(options, context);
  const wantsLines = 'long' in operations[name] && context.req.header('accept')?.includes('application/x-ndjson') === true;
  if (!wantsLines) return context.json(await run(input, { signal }));
  const begun = Promise.withResolvers<void>();
  const told: unknown[] = [];
  let tell = (message: unknown): unknown => told.push(message);
  const work = run(input, { signal, progress: (progress) => begun.resolve(void tell({ progress })) });
  // What is refused before any work is told by its status.
  await Promise.race([begun.promise, work]);
  context.header('content-type', 'application/x-ndjson');
  return stream(context, async (out) => {
    tell = (message) => out.write(`${JSON.stringify(message)}\n`);
    for (const message of told) await tell(message);
    await tell(
      await work.then(
        (result) => ({ result }),
        (error: unknown) => describeError(error).body,
      ),
    );
  });
}

async function answerQuery(options: RouteOptions, context: Context<Known>): Promise<Response> {
  const { api } = context.var;
  const input = parseInput(queryInput, await inputOf(context));
  const purpose = input.purpose ?? context.req.header('x-hanse-purpose');
  const answer = await api.query({ ...input, ...(purpose !== undefined && { purpose }) }, { signal: endOf(options, context) });
  context.header('content-type', MIME[input.format]);
  const [columns, provenance] = [answer.columns, answer.provenance].map((about) => encodeURIComponent(JSON.stringify(about)));
  context.header('x-hanse-provenance', provenance);
  if (`${columns}${provenance}`.length <= options.limits.headerBytes) context.header('x-hanse-columns', columns);
  const chunks = answer.body[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => void (await chunks.return?.()),
  });
  return context.body(body);
}

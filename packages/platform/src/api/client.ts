import { type Api, operations, type OperationName, type QueryAnswer, type QueryInput } from '@hanse/core/api/operations.ts';
import { columnTypeShape, errorShape, type ProgressLine, progressShape, provenanceShape } from '@hanse/core/api/shapes.ts';
import type { JsonValue } from '@hanse/core/document/document.ts';
import { explainShape } from '@hanse/core/document/explain-shape.ts';
import { z } from 'zod';
import { ExternalError, UserError, type UserErrorCode, userErrors } from '../error.ts';

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** The operator's token may act as a person; it is on record. */
  readonly as?: string;
}

/** The mesh over HTTP: the same operations as in process, refusals as the same errors. */
export function createClient(options: ClientOptions): Api<AbortSignal> {
  const calls = Object.keys(operations).map((name) => [
    name,
    (input: unknown, call: CallOptions = {}) => callOperation(options, name as OperationName, { input, ...call }),
  ]);
  return { ...Object.fromEntries(calls), query: (input: QueryInput, call: CallOptions = {}) => query(options, input, call.signal) } as Api<AbortSignal>;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (line: ProgressLine) => void;
}

async function callOperation(options: ClientOptions, name: OperationName, call: CallOptions & { readonly input: unknown }): Promise<unknown> {
  const operation = operations[name];
  const input = new Map(Object.entries(call.input ?? {}).filter(([, value]) => value !== undefined));
  const path = operation.path.replaceAll(/:(\w+)/g, (_, key: string) => {
    const value = String(input.get(key));
    input.delete(key);
    return encodeURIComponent(value);
  });
  const isGet = operation.method === 'GET';
  const search = isGet ? `?${new URLSearchParams([...input].map(([key, value]): [string, string] => [key, String(value)]))}` : '';
  const response = await send(options, path + search, {
    method: operation.method,
    headers: { accept: 'long' in operation ? 'application/x-ndjson' : 'application/json' },
    ...(!isGet && { body: JSON.stringify(Object.fromEntries(input)) }),
    ...(call.signal !== undefined && { signal: call.signal }),
  });
  const isLong = response.headers.get('content-type')?.startsWith('application/x-ndjson') === true;
  const read = isLong ? readLong(response, call) : response.text().then(parseJson);
  return answered(operation.output, await read.catch((error: unknown) => brokenOff(error, options, call.signal)));
}

/** An answer of the shape that was asked for, or that the other side is no Hanse, or another version of it. */
function answered<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.output<Shape> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const why = answer === undefined ? 'it is no JSON' : explainShape({ value: answer as JsonValue, schema: shape, at: [] }, parsed.error)[0]?.message;
  throw new ExternalError(`the server's answer is not what this version expects: ${why}`, {
    hint: 'Look whether --url leads to a mesh, and run the same version of Hanse on both sides.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function query(options: ClientOptions, input: QueryInput, signal: AbortSignal | undefined): Promise<QueryAnswer> {
  const response = await send(options, '/api/query', {
    method: 'POST',
    body: JSON.stringify(input),
    ...(signal !== undefined && { signal }),
  });
  const header = (name: string) => parseJson(decodeURIComponent(response.headers.get(name) ?? '[]'));
  if (response.body === null) throw new ExternalError('the server sent no body');
  return {
    columns: answered(z.array(columnTypeShape), header('x-hanse-columns')),
    provenance: answered(z.array(provenanceShape), header('x-hanse-provenance')),
    body: unbroken(response.body, options, signal),
  };
}

async function* unbroken(body: AsyncIterable<Uint8Array>, options: ClientOptions, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    brokenOff(error, options, signal);
  }
}

/** `fetch` tells a connection that ends amid an answer as a TypeError. */
function brokenOff(error: unknown, { url }: ClientOptions, signal: AbortSignal | undefined): never {
  if (signal?.aborted === true || !(error instanceof TypeError)) throw error;
  throw new ExternalError(`${url}: the connection ended before the answer was whole`, {
    cause: error,
    hint: 'Was the server ended? Start it with: hanse up. What it did until then: hanse status.',
  });
}

async function send(options: ClientOptions, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${options.token}`);
  if (options.as !== undefined) headers.set('x-hanse-as', options.as);
  if (init.body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(new URL(path, options.url), { ...init, headers }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw new ExternalError(`${options.url}: the server does not answer`, { cause, hint: 'Start it with: hanse up.' });
  });
  if (response.ok) return response;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<Error> {
  const text = await response.text();
  return (
    refusalIn(parseJson(text)) ??
    new ExternalError(`the server answered ${response.status}: ${text.slice(0, 500)}`, { hint: 'Look whether --url leads to a mesh.' })
  );
}

/** The refusal that a body tells, as the same error; a bug of the server is one of ours. */
function refusalIn(body: unknown): Error | undefined {
  const parsed = errorShape.safeParse(body);
  if (!parsed.success) return undefined;
  const { code, message, hint } = parsed.data.error;
  if (code === 'internal') return new Error(message);
  return code in userErrors ? new UserError(code as UserErrorCode, message, hint) : new ExternalError(message, hint === undefined ? {} : { hint });
}

const lineShape = z.union([z.object({ progress: progressShape }), z.object({ result: z.unknown() }), errorShape]);

/** Reads progress lines up to the result; a connection that ends before it is an error, never a result. */
async function readLong(response: Response, call: CallOptions): Promise<unknown> {
  let rest = '';
  for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = answered(lineShape, parseJson(line));
      if ('progress' in message) call.progress?.(message.progress);
      else if ('result' in message) return message.result;
      else throw refusalIn(message) ?? new ExternalError(line);
    }
  }
  throw new ExternalError('the connection ended before the result', { hint: 'The work may have gone on: look with hanse status.' });
}

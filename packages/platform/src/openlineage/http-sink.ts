import { setTimeout as sleep } from 'node:timers/promises';
import { ExternalError, UserError } from '../error.ts';
import type { EventSink } from './event-sink.ts';

const ATTEMPTS = 3;
const WAIT_MS = 200;
const ANSWER_MS = 5_000;

/** An endpoint of OpenLineage's HTTP transport; `/api/v1/lineage` where the URL names no path. The key is sent as a bearer token. */
export function openHttpSink(address: string, key: string | undefined): EventSink {
  const url = URL.parse(address);
  if (url === null) throw new UserError('usage', 'openlineage.to is no URL', 'As in https://lineage.example.org, or the path of a file.');
  // They would stand in messages, and no request may hold them.
  if (url.username !== '' || url.password !== '')
    throw new UserError('usage', 'openlineage.to holds a user or a password', 'Name the URL alone, and the key as OPENLINEAGE_API_KEY.');
  if (url.pathname === '/') url.pathname = '/api/v1/lineage';
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const name = `${url.origin}${url.pathname}`;
  return {
    name,
    send: async (event, signal) => {
      const body = JSON.stringify(event);
      for (let attempt = 1; ; attempt += 1) {
        const refusal = await post(url, { method: 'POST', headers, body, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
        if (refusal === undefined) return;
        if (attempt === ATTEMPTS || !refusal.again)
          throw new ExternalError(`${name}: takes no events of OpenLineage (${refusal.why})`, {
            hint: 'Look at openlineage.to in hanse.yaml and OPENLINEAGE_API_KEY. Nothing is lost: what was not taken is sent with the next run.',
          });
        await sleep(WAIT_MS * 2 ** attempt, undefined, { signal });
      }
    },
  };
}

/** Why an event was not taken, and whether that may pass by itself. */
async function post(url: URL, request: RequestInit): Promise<{ readonly why: string; readonly again: boolean } | undefined> {
  try {
    const response = await fetch(url, request);
    await response.body?.cancel();
    if (response.ok) return undefined;
    return { why: `it answers ${response.status}`, again: response.status >= 500 || response.status === 429 || response.status === 408 };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { why: cause instanceof Error ? cause.message : String(cause), again: true };
  }
}

import type { Known } from './known.ts';
import { type Reader, startReader } from './reader.ts';
import { type Content, contentSql, type View } from '../fixtures/town.ts';

/** Reads over HTTP what a view shows, from whatever process serves at the time. */
export function startHttpReader(known: Known, token: string, view: View): Reader {
  return startReader(async (url, table, change) => {
    const least = known.seen(table);
    const content = await ask(url, token, contentSql(`town.${table}`));
    if (content !== undefined) known.check({ table, view, least, content });
    else if ((await change) === url) throw new Error('a connection broke although its process lived');
  });
}

/** The rows of an answer, none where nothing is published yet; undefined where the connection broke before the end. */
async function ask(url: string, token: string, sql: string): Promise<Content | undefined> {
  const answer = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sql, format: 'jsonl' }),
  })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch(() => undefined);
  if (answer === undefined) return undefined;
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw new Error(`a read was answered ${answer.status}: ${answer.text}`);
  return answer.text
    .trim()
    .split('\n')
    .map((line) => contentOf(JSON.parse(line)));
}

function contentOf(row: Readonly<Record<string, unknown>>): Content[number] {
  return { version: Number(row['version']), rows: Number(row['rows']), sum: Number(row['sum']) };
}

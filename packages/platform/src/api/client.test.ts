import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createClient } from './client.ts';

let server: Server;
let url = '';
let answer = { status: 200, type: 'application/json', body: '' };

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

async function refusal(body: string, { status = 200, type = 'application/json' } = {}): Promise<string> {
  answer = { status, type, body };
  const client = createClient({ url, token: 'x' });
  return client.build({}).then(
    () => 'no refusal',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test('what is no answer of a mesh is told as that', async () => {
  const lines = { type: 'application/x-ndjson' };
  const refused = [
    await refusal('{"runs": [{"id": 7}]}'),
    await refusal('<html>Welcome</html>'),
    await refusal('<html>No such page</html>', { status: 404 }),
    await refusal('{"progress": 1}\n', lines),
    await refusal('{"progress": {"ref": "a/b", "stage": "building"}}\n', lines),
    await refusal('{"error": {"code": "denied", "message": "not you"}}\n', lines),
    await refusal('{"error": {"code": "external", "message": "the disk is full"}}', { status: 502 }),
    await refusal('{"error": {"code": "internal", "message": "Hanse failed"}}', { status: 500 }),
    await refusal('{"runs": [], "later": true}'),
  ];
  expect(refused).toMatchInlineSnapshot(`
    [
      "ExternalError: the server's answer is not what this version expects: runs[0].id must be a text, not the number 7",
      "ExternalError: the server's answer is not what this version expects: it is no JSON",
      "ExternalError: the server answered 404: <html>No such page</html>",
      "ExternalError: the server's answer is not what this version expects: progress must be a mapping, not the number 1",
      "ExternalError: the connection ended before the result",
      "UserError: not you",
      "ExternalError: the disk is full",
      "Error: Hanse failed",
      "no refusal",
    ]
  `);
});

test('a bug has a code and an exit of its own', async () => {
  answer = { status: 500, type: 'application/json', body: '{"error": {"code": "internal", "message": "Hanse failed"}}' };
  const told: string[] = [];
  const kept = { log: console.log, error: console.error };
  Object.assign(console, { log: (text: string) => told.push(text), error: () => {} });
  try {
    expect(await main(['products', '--json', '--url', url, '--token', 'x'], {})).toBe(70);
  } finally {
    Object.assign(console, kept);
  }
  expect(told).toMatchInlineSnapshot(`
    [
      "{"error":{"code":"internal","message":"this is a bug of Hanse: Hanse failed","hint":"Please report it with the command that you ran and the stack on standard error."}}",
    ]
  `);
});

test('a connection that ends amid an answer is told as that', async () => {
  const breaking = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write('{"progress": {"ref": "a/b", "stage": "building"}}\n', () => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(breaking, 'listening');
  const client = createClient({ url: `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`, token: 'x' });
  await expect(client.build({})).rejects.toThrow('the connection ended before the answer was whole');
  await expect(client.products({})).rejects.toThrow('the connection ended before the answer was whole');
  const { body } = await client.query({ sql: 'select 1', format: 'csv' });
  await expect(Array.fromAsync(body)).rejects.toThrow('the connection ended before the answer was whole');
  breaking.close();
});

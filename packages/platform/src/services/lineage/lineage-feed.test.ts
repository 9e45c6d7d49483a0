import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { openMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { openFileSink } from '../../openlineage/file-sink.ts';
import { openHttpSink } from '../../openlineage/http-sink.ts';
import { createLineageFeed } from './lineage-feed.ts';

const STANDARD = new URL('../../../../../test/fixtures/standards/openlineage/', import.meta.url);
const signal = new AbortController().signal;

interface Told extends JsonObject {
  readonly eventType: string;
  readonly run: JsonObject & { readonly runId: string };
  readonly job: JsonObject & { readonly name: string };
  readonly inputs: readonly (JsonObject & { readonly namespace: string; readonly name: string })[];
  readonly outputs: readonly (JsonObject & { readonly name: string; readonly facets: Readonly<Record<string, JsonObject>> })[];
}

/** Everything a receiver got; it answers as told. */
async function receiver() {
  const got: Told[] = [];
  const state = { answer: 200, key: '' };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      state.key = `${request.url} ${request.headers.authorization}`;
      if (state.answer === 200) got.push(JSON.parse(Buffer.concat(parts).toString()) as Told);
      response.writeHead(state.answer).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { got, state, url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

/** What the standard's own schemas say against an event and its facets; empty where it is valid. */
function problemsOf(event: Told): readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const schemaOf = (path: string) => JSON.parse(readFileSync(new URL(path, STANDARD), 'utf8')) as { readonly $id: string };
  ajv.addSchema(schemaOf('OpenLineage.json'));
  const facets = readdirSync(new URL('facets/', STANDARD)).map((name) => schemaOf(`facets/${name}`));
  for (const facet of facets) ajv.addSchema(facet);
  const carried: unknown[] = [event.run, event.job, ...event.outputs].flatMap((part) => Object.values((part['facets'] ?? {}) as JsonObject));
  const statistics = event.outputs.flatMap((output) => Object.values((output['outputFacets'] ?? {}) as JsonObject));
  return [
    [String(event['schemaURL']), event] as const,
    ...[...carried, ...statistics].map((facet) => [String((facet as JsonObject)['_schemaURL']), facet] as const),
  ].flatMap(([url, value]) => {
    const check = ajv.getSchema(url);
    if (check === undefined) return [`${url} is no schema of the standard`];
    return check(value) === true ? [] : [`${url}: ${ajv.errorsText(check.errors)}`];
  });
}

const texts = {
  ...smallTexts,
  'finance/churn/metrics.odcs.yaml': contractText('metrics').replace('logicalType: number}', 'logicalType: number, logicalTypeOptions: {maximum: 100}}'),
};

test('every run of the log is told once, valid by the standard, and what a receiver did not take is told later', { timeout: 60_000 }, async () => {
  await using mesh = await openMesh({ texts });
  using told = await receiver();
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nana,1\nben,2\n' });
  await mesh.apply();
  const feed = createLineageFeed(mesh.platform, openHttpSink(told.url, 'k3y'), '1.2.3');
  told.state.answer = 503;
  await mesh.build();
  await expect(feed.send(signal)).rejects.toThrow('takes no events of OpenLineage (it answers 503)');
  expect(told.got).toEqual([]);
  told.state.answer = 200;
  await feed.send(signal);
  expect(told.got.map(({ eventType, job }) => `${eventType} ${job.name}`)).toEqual([
    'START finance/churn:metrics',
    'COMPLETE finance/churn:metrics',
    'START marketing/spend:spend',
    'COMPLETE marketing/spend:spend',
  ]);
  expect(told.got.flatMap(problemsOf)).toEqual([]);
  expect(told.state.key).toBe('/api/v1/lineage Bearer k3y');
  const last = told.got.at(-1);
  expect(last?.inputs).toEqual([{ namespace: 'hanse://mesh', name: 'finance.metrics__v1' }]);
  expect(last?.outputs[0]?.facets['columnLineage']?.['fields']).toMatchObject({
    amount: { inputFields: [{ namespace: 'hanse://mesh', name: 'finance.metrics__v1', field: 'amount', transformations: [{ type: 'DIRECT' }] }] },
  });
  expect(told.got[1]?.inputs).toEqual([{ namespace: 'file', name: 'rows.csv' }]);
  // A version that breaks its contract: told as failed, without the value that breaks it.
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nana,1\nsecret-customer,987654\n' });
  await mesh.build('finance/churn');
  await feed.send(signal);
  await feed.send(signal);
  expect(told.got.slice(4).map(({ eventType }) => eventType)).toEqual(['START', 'FAIL']);
  expect(told.got.flatMap(problemsOf)).toEqual([]);
  expect(JSON.stringify(told.got)).not.toMatch(/secret-customer|987654/);
});

test('a file gets one event a line, from the beginning where it is named anew', { timeout: 60_000 }, async () => {
  await using mesh = await openMesh({ texts });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nana,1\n' });
  await mesh.apply();
  await mesh.build('finance/churn');
  const linesOf = async (name: string) => {
    const path = join(mesh.folder, 'lineage', name);
    await createLineageFeed(mesh.platform, openFileSink(path), '1.2.3').send(signal);
    return (await readFile(path, 'utf8')).trim().split('\n');
  };
  expect(await linesOf('a.jsonl')).toHaveLength(2);
  expect(await linesOf('a.jsonl')).toHaveLength(2);
  expect(await linesOf('b.jsonl')).toEqual(await linesOf('a.jsonl').then((lines) => lines.slice(0, 2)));
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../document/document.ts';
import { readRunEvent } from './read-event.ts';

const eventOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../../test/fixtures/standards/openlineage/events/${name}.json`, import.meta.url), 'utf8')) as JsonValue;
const read = (event: JsonValue) => {
  const got = readRunEvent(event);
  if (got === undefined || typeof got === 'string') throw new Error(`no run event: ${String(got)}`);
  return got;
};

test('a Spark job tells its columns, those that join, filter and group too', () => {
  const { job, inputs, at } = read(eventOf('spark'));
  expect(job.namespace).toBe('testColumnLevelLineage');
  expect(at).toBe('2024-08-06T13:26:54.340Z');
  expect(inputs.map(({ names, columns }) => [names[0]?.name, columns])).toEqual([
    ['/tmp/cll_test/cll_source2', ['a', 'c']],
    ['/tmp/cll_test/cll_source1', ['a', 'b']],
  ]);
  expect(inputs[0]?.names[1]).toEqual({ namespace: 'file:/tmp/cll_test', name: 'default.cll_source2' });
});

test('of an Airflow copy, whose lineage names no types, nobody knows what it leaves out', () => {
  expect(read(eventOf('airflow')).inputs.map(({ names, columns }) => [names[0]?.name, columns])).toEqual([
    ['copied.csv', undefined],
    ['test.csv', undefined],
  ]);
});

test('a dbt model brings its statement', () => {
  const [, complete] = eventOf('dbt') as readonly JsonValue[];
  const { job, sql } = read(complete ?? null);
  expect([job.name, sql?.dialect, sql?.query.slice(0, 24)]).toEqual(['jaffle_shop.main.jaffle_shop.customers', 'duckdb', 'with customers as (\n\n   ']);
});

test('what is no event is said', () => {
  const whole = { eventTime: '2026-01-01T00:00:00Z', run: { runId: 'r' }, job: { namespace: 'n', name: 'j' } };
  expect(readRunEvent([])).toBe('an event is a JSON object');
  expect(readRunEvent({})).toBe('an event has a run, a job or a dataset');
  expect(readRunEvent({ dataset: {} })).toBeUndefined();
  expect(readRunEvent({ ...whole, run: {} })).toBe('`run.runId` is missing');
  expect(readRunEvent({ ...whole, job: { name: 'j' } })).toBe('`job.namespace` or `job.name` is missing');
  expect(readRunEvent({ ...whole, eventTime: 'soon' })).toBe('`eventTime` is no time');
  expect(readRunEvent({ ...whole, inputs: Array.from({ length: 1_001 }, () => ({ namespace: 'n', name: 't' })) })).toBe('an event has at most 1000 inputs');
  expect(readRunEvent(whole)).toMatchObject({ inputs: [] });
});

test('one output without lineage leaves every column unknown', () => {
  const event = eventOf('spark') as JsonObject;
  const outputs = [...(event['outputs'] as readonly JsonValue[]), { namespace: 'file', name: 'other' }];
  expect(read({ ...event, outputs }).inputs.map(({ columns }) => columns)).toEqual([undefined, undefined]);
});

test('any JSON is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (run, outputs, inputs) => {
      for (const event of [
        run,
        { run, job: run, outputs, inputs },
        { run: { runId: 'r' }, job: { namespace: 'n', name: 'j' }, eventTime: '2026-01-01', outputs, inputs },
      ])
        expect(['string', 'object', 'undefined']).toContain(typeof readRunEvent(event as JsonValue));
    }),
  );
});

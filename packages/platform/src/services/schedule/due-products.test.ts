import { servedTables } from '@hanse/core/mesh/served-table.ts';
import { expect, test } from 'vitest';
import { meshOf } from '@hanse/core/mesh/mesh-value.ts';
import { contractText, documentsOf, productText, smallTexts, type Texts } from '../../../../../test/fixtures/small-mesh.ts';
import type { MeshNow } from '../platform.ts';
import { dueProducts, type LastRun } from './due-products.ts';

const CHURN = 'finance/churn:metrics';
const SPEND = 'marketing/spend:spend';

function meshNow(schedules: { readonly churn?: string; readonly spend?: string }, more: Texts = {}): MeshNow {
  const yaml = (schedule: string | undefined) => (schedule === undefined ? '{}\n' : `schedule: ${schedule}\n`);
  const mesh = meshOf(
    documentsOf({ ...smallTexts, 'finance/churn/build.yaml': yaml(schedules.churn), 'marketing/spend/build.yaml': yaml(schedules.spend), ...more }),
  );
  return { head: 1, mesh, tables: servedTables(mesh) };
}

/** A run of some minute of the day, which took one. */
const ran = (ref: string, time: string, outcome: LastRun['outcome'] = 'published', durationMs = 60_000): LastRun => ({
  ref,
  outcome,
  at: `2026-03-01T${time}.000Z`,
  durationMs,
});
const at = (time: string) => `2026-03-01T${time}.000Z`;

test('a cron time that has come since the last run', () => {
  const hourly = meshNow({ churn: '"0 * * * *"' });
  expect(dueProducts(hourly, [], at('10:30:00'))).toEqual(['finance/churn']);
  expect(dueProducts(hourly, [ran(CHURN, '10:00:00')], at('10:59:59'))).toEqual([]);
  expect(dueProducts(hourly, [ran(CHURN, '10:00:00')], at('11:00:00'))).toEqual(['finance/churn']);
  expect(dueProducts(hourly, [ran(CHURN, '10:00:00'), ran(CHURN, '11:00:01', 'unchanged')], at('11:30:00'))).toEqual([]);
  expect(dueProducts(hourly, [ran(CHURN, '10:00:00'), ran(CHURN, '11:00:01', 'blocked')], at('11:30:00'))).toEqual([]);
});

test('cron counts in UTC, and many missed times are one', () => {
  const daily = meshNow({ churn: '"30 0 * * *"' });
  expect(dueProducts(daily, [{ ...ran(CHURN, '10:00:00'), at: '2026-02-20T00:31:00.000Z' }], at('00:29:59'))).toEqual(['finance/churn']);
  expect(dueProducts(daily, [ran(CHURN, '00:30:00')], at('23:59:59'))).toEqual([]);
});

test('without a schedule nothing is due, whatever failed', () => {
  expect(dueProducts(meshNow({}), [ran(CHURN, '10:00:00', 'failed')], at('23:00:00'))).toEqual([]);
});

test('after inputs: once for each time that one is published', () => {
  const after = meshNow({ spend: 'after inputs' });
  expect(dueProducts(after, [], at('10:00:00'))).toEqual([]);
  expect(dueProducts(after, [ran(CHURN, '09:00:00')], at('10:00:00'))).toEqual(['marketing/spend']);
  expect(dueProducts(after, [ran(CHURN, '09:00:00'), ran(SPEND, '09:02:00')], at('10:00:00'))).toEqual([]);
  expect(dueProducts(after, [ran(CHURN, '09:00:00'), ran(SPEND, '09:02:00'), ran(CHURN, '09:30:00', 'blocked')], at('10:00:00'))).toEqual([]);
  expect(dueProducts(after, [ran(CHURN, '09:00:00'), ran(SPEND, '09:02:00'), ran(CHURN, '09:30:00')], at('10:00:00'))).toEqual(['marketing/spend']);
});

test('an input that was still building when the last run began is news when it is published', () => {
  const after = meshNow({ spend: 'after inputs' });
  expect(dueProducts(after, [ran(CHURN, '09:00:00', 'published', 600_000), ran(SPEND, '09:05:00')], at('10:00:00'))).toEqual(['marketing/spend']);
  expect(dueProducts(after, [ran(CHURN, '09:00:00', 'published', 60_000), ran(SPEND, '09:05:00')], at('10:00:00'))).toEqual([]);
});

test('a failure is tried again after half a minute, then twice as long each time, then at the next time of the schedule', () => {
  const daily = meshNow({ churn: '"0 12 * * *"' });
  const failed = (...times: readonly string[]) => times.map((time) => ran(CHURN, time, 'failed', 0));
  const isDue = (runs: readonly LastRun[], time: string) => dueProducts(daily, runs, at(time)).length > 0;
  expect([isDue(failed('09:00:00'), '09:00:29'), isDue(failed('09:00:00'), '09:00:30')]).toEqual([false, true]);
  expect([isDue(failed('09:00:00', '09:00:30'), '09:01:29'), isDue(failed('09:00:00', '09:00:30'), '09:01:30')]).toEqual([false, true]);
  const three = failed('09:00:00', '09:00:30', '09:01:30');
  expect([isDue(three, '09:03:29'), isDue(three, '09:03:30')]).toEqual([false, true]);
  const four = [...three, ...failed('09:03:30')];
  expect([isDue(four, '11:59:59'), isDue(four, '12:00:00')]).toEqual([false, true]);
  expect(isDue([...four, ran(CHURN, '09:10:00', 'published'), ...failed('09:20:00')], '09:20:30')).toBe(true);
});

test('the wait begins when the failed run ended', () => {
  const failed = ran(CHURN, '09:00:00', 'failed', 3_600_000);
  const daily = meshNow({ churn: '"0 12 * * *"' });
  expect([at('10:00:29'), at('10:00:30')].map((time) => dueProducts(daily, [failed], time).length)).toEqual([0, 1]);
});

test('build.yaml says how often to try again', () => {
  const never = meshNow({}, { 'finance/churn/build.yaml': 'schedule: "0 12 * * *"\nobjects: {metrics: {retries: 0}}\n' });
  expect(dueProducts(never, [ran(CHURN, '09:00:00', 'failed')], at('11:00:00'))).toEqual([]);
});

test('when retries are used up, an input published anew counts all the same', () => {
  const after = meshNow({}, { 'marketing/spend/build.yaml': 'schedule: after inputs\nobjects: {spend: {retries: 0}}\n' });
  const runs = [ran(CHURN, '09:00:00'), ran(SPEND, '09:02:00', 'failed')];
  expect(dueProducts(after, runs, at('10:00:00'))).toEqual([]);
  expect(dueProducts(after, [...runs, ran(CHURN, '09:30:00')], at('10:00:00'))).toEqual(['marketing/spend']);
});

test('one table that fails is tried again although the others of its product were built', () => {
  const ports = 'outputPorts:\n  - {name: metrics, version: 1.0.0, contractId: metrics}\n  - {name: extra, version: 1.0.0, contractId: extra}\n';
  const two = meshNow(
    { churn: '"0 12 * * *"' },
    { 'finance/churn/churn.odps.yaml': productText('churn', 'finance', ports), 'finance/churn/extra.odcs.yaml': contractText('extra') },
  );
  const runs = [ran(CHURN, '09:00:00', 'failed', 0), ran('finance/churn:extra', '09:00:01')];
  expect(dueProducts(two, runs, at('09:10:00'))).toEqual(['finance/churn']);
});

test('a run that is under way is none yet', () => {
  const hourly = meshNow({ churn: '"0 * * * *"' });
  expect(dueProducts(hourly, [ran(CHURN, '09:00:00'), ran(CHURN, '10:00:01', 'running')], at('10:30:00'))).toEqual(['finance/churn']);
});

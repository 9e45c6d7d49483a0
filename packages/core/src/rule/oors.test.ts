import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Check } from './check.ts';
import { formatOors } from './oors.ts';
import type { Rule, RuleTest } from './rule.ts';

const status = z.enum(['pass', 'fail', 'warn', 'error', 'skip', 'unknown']);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const custom = z.array(z.strictObject({ property: z.string(), value: scalar }));
const threshold = z.record(
  z.enum(['mustBe', 'mustNotBe', 'mustBeGreaterThan', 'mustBeGreaterOrEqualTo', 'mustBeLessThan', 'mustBeLessOrEqualTo', 'mustBeBetween', 'mustNotBeBetween']),
  z.union([scalar, z.tuple([z.number(), z.number()])]).optional(),
);

/** The members that OORS v0.8.1 documents ("Fundamentals", "Results"), and no others. */
const message = z.strictObject({
  apiVersion: z.literal('v0.8.1'),
  kind: z.literal('ObservabilityResults'),
  id: z.string().min(1),
  observedAt: z.iso.datetime(),
  source: z.strictObject({ process: z.string().min(1), runId: z.string().optional(), vendor: z.string().optional() }),
  contract: z.strictObject({ id: z.string(), version: z.string() }),
  status,
  results: z.array(
    z.strictObject({
      id: z.string().min(1),
      type: z.enum(['check', 'metric']),
      name: z.string().min(1),
      status,
      relatesTo: z.string(),
      severity: z.string(),
      dimension: z.string().optional(),
      target: z.strictObject({ resourceType: z.string(), resourceIdentifier: z.string(), filter: z.string().optional() }),
      measure: z
        .strictObject({
          metric: z.string(),
          value: scalar,
          threshold,
          unit: z.string().optional(),
          rowCount: z.int().optional(),
          failedRowCount: z.int().optional(),
        })
        .optional(),
      message: z.string(),
      customProperties: custom,
    }),
  ),
});

const tests: readonly RuleTest[] = [
  { kind: 'schema' },
  { kind: 'required' },
  { kind: 'unique', columns: [[{ kind: 'field', name: 'a' }]] },
  { kind: 'metric', metric: { kind: 'nullValues' }, threshold: { operator: 'mustBeBetween', value: [1, 2] }, unit: 'percent' },
  { kind: 'sql', query: 'SELECT 1', reads: [] },
  { kind: 'aggregate', aggregate: 'sum', threshold: { operator: 'mustNotBe', value: 'x' } },
  { kind: 'text' },
];
const statuses = ['pass', 'fail', 'warn', 'error', 'skip'] as const;

const checks = tests.flatMap((one, at) =>
  statuses.map((two, index): Check => {
    const rule: Rule = {
      id: `a/${at}/${index}`,
      code: 'rule.schema',
      object: 'orders',
      path: index === 0 ? [] : [{ kind: 'field', name: 'a' }],
      test: one,
      severity: 'error',
      expectation: 'must hold',
      pointer: '/properties/0',
      reference: 'schema/orders/properties/a',
      ...(index === 1 && { where: 'a > 1', dimension: 'validity', businessImpact: 'none' }),
    };
    return {
      rule,
      status: two,
      found: 'it is',
      ...(index > 2 && { value: 1.5 }),
      ...(index < 2 && { violatingRows: 1, totalRows: 2 }),
      sample: [{ a: 'planted' }],
    };
  }),
);

test('a message has the members that the standard documents, whatever the rule and its outcome, and no row', () => {
  const header = { id: 'run', observedAt: '2026-01-15T09:30:00Z', contract: { id: 'orders', version: '1.0.0' }, ref: 'shop/orders:orders' };
  const written = formatOors({ ...header, runId: 'r1' }, checks);
  expect(message.parse(written)).toEqual(written);
  expect(JSON.stringify(written)).not.toContain('planted');
  for (const [at, { status: two }] of statuses.map((two, index) => [index, { status: two }] as const)) {
    const one = checks.filter((_, index) => index % statuses.length === at);
    expect(message.parse(formatOors(header, one)).status).toBe(two);
  }
  expect(message.parse(formatOors(header, [])).status).toBe('unknown');
  expect(message.parse(written).results.some(({ target: { filter } }) => filter === 'a > 1')).toBe(true);
});

import type { SchemaObject } from '../contract/contract.ts';
import type { Check, CheckStatus } from '../rule/check.ts';
import { compileRules } from '../rule/compile-rules.ts';
import type { ContractReport } from './contract-report.ts';

/** What no XML and hardly any JSON holds as it is. */
export const hostile = `<b a="1">&'\u0000\u001b]]>\ud800 \u{1f600}\n`;

const object: SchemaObject = {
  id: 'o',
  name: 'orders & more',
  properties: [
    {
      id: 'x',
      name: hostile,
      logicalType: 'string',
      logicalTypeOptions: {},
      required: true,
      unique: true,
      enum: [hostile],
      properties: [],
      quality: [],
      tags: [],
    },
  ],
  quality: [{ type: 'text', description: hostile, written: {} }],
};

/** A report with a check of each status, and names and values that its formats must not break on. */
export function hostileReport(): ContractReport {
  const rules = compileRules(object);
  const statuses: readonly CheckStatus[] = ['pass', 'fail', 'warn', 'error', 'skip'];
  const checks = rules.map((rule, index): Check => {
    const status = statuses[index % statuses.length] ?? 'pass';
    return { rule, status, found: `found ${hostile}`, ...(status === 'fail' && { violatingRows: 1, totalRows: 2, sample: [{ [hostile]: hostile }] }) };
  });
  return {
    id: '8f14e45f-ceea-467f-a8d4-4f4f4f4f4f4f',
    at: '2026-06-01T00:00:00.000Z',
    contract: { id: `c ${hostile}`, version: '1.0.0', file: 'my contracts/a&b.yaml' },
    server: { name: `s ${hostile}`, type: 'local' },
    objects: [
      {
        name: object.name,
        place: 'a.parquet',
        rows: 2,
        passes: [],
        rules: checks.map((check, index) => ({ check, at: { file: 'my contracts/a&b.yaml', line: index + 1, column: 3 }, sql: `SELECT '${hostile}'` })),
      },
    ],
    durationMs: 12.5,
  };
}

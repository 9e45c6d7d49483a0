import { z } from 'zod';

const result = z.enum(['pass', 'fail', 'warn', 'error', 'skip']);

/** What `hanse test <file> --json` answers. */
export const contractAnswer = z.strictObject({
  id: z.string(),
  at: z.string(),
  contract: z.strictObject({ id: z.string(), version: z.string(), file: z.string() }),
  server: z.strictObject({ name: z.string(), type: z.string() }),
  result: result.describe('The first of fail, error, warn, pass, skip that occurs, as the exit code tells it'),
  counts: z.strictObject({ pass: z.number(), fail: z.number(), warn: z.number(), error: z.number(), skip: z.number() }),
  durationMs: z.number(),
  objects: z.array(
    z.strictObject({
      name: z.string(),
      place: z.string().describe('Where the rows lie'),
      rows: z.number().nullable(),
      scope: z.string().nullable().describe('What was read where that was not everything'),
      rules: z.array(
        z.strictObject({
          rule: z.string().describe('Stable while the clause stays, and unique in its object'),
          code: z.string(),
          result,
          severity: z.enum(['error', 'warning', 'info']),
          dimension: z.string().nullable(),
          column: z.string().nullable(),
          expected: z.string(),
          found: z.string(),
          failing: z.number().nullable().describe('Rows that break it'),
          of: z.number().nullable().describe('Rows that were asked'),
          value: z.union([z.number(), z.string(), z.boolean()]).nullable().describe('What a metric or a query measured'),
          sample: z.array(z.record(z.string(), z.unknown())),
          sql: z.string().nullable().describe('What a person can run to see all that breaks it'),
          at: z.strictObject({ file: z.string(), line: z.number(), column: z.number() }).describe('The clause in the contract'),
          reference: z.string(),
        }),
      ),
      passes: z.array(z.strictObject({ kind: z.string(), sql: z.string() })).describe('The statements that read rows for the verdicts'),
    }),
  ),
});

export type ContractAnswer = z.infer<typeof contractAnswer>;

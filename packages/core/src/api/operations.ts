import { z } from 'zod';
import { lineageEdgeShape } from './lineage-shape.ts';
import { dialects } from '../use/dialects.ts';
import { operation } from './operation.ts';
import {
  acceptanceShape,
  agreementShape,
  checkShape,
  collectionShape,
  columnShape,
  coverageShape,
  consumersShape,
  type columnTypeShape,
  doctorShape,
  findingShape,
  logEntryShape,
  planShape,
  type ProgressLine,
  productShape,
  provenanceShape,
  runShape,
  statementReadingShape,
  tableShape,
  treeShape,
  usageRecordShape,
} from './shapes.ts';

const ref = z.string().describe('A ref, as finance/churn or finance/churn:metrics');
const asOf = z.string().describe('A day, a time or a log number: 2026-01-31, 2026-01-31T12:00:00Z, 1042');
const reason = z.string().max(2_000).default('');

/** Every operation of the mesh but `query`, whose answer is bytes. Services satisfy it in process, the client over HTTP. */
export const operations = {
  products: operation({
    summary: 'Lists the products with their tables, snapshots and contract states',
    method: 'GET',
    path: '/api/products',
    input: z.strictObject({ domain: z.string().optional(), asOf: asOf.optional() }),
    output: z.object({ products: z.array(productShape) }),
    open: true,
  }),
  product: operation({
    summary: 'Describes one product: its tables, their columns and the last checks',
    method: 'GET',
    path: '/api/products/:domain/:product',
    input: z.strictObject({ domain: z.string(), product: z.string() }),
    output: productShape.extend({
      tables: z.array(tableShape.extend({ columns: z.array(columnShape), checks: z.array(checkShape), inputs: z.array(z.string()), coverage: coverageShape })),
    }),
    open: true,
  }),
  plan: operation({
    summary: 'Compares documents with the mesh: what would change, and whom it would touch',
    method: 'POST',
    path: '/api/plan',
    input: z.strictObject({ tree: treeShape, retire: z.array(z.string()).default([]).describe('Domains to end although their folder is not in the tree') }),
    output: planShape,
  }),
  apply: operation({
    summary: 'Makes a plan so, in one transaction; refuses a stale one',
    method: 'POST',
    path: '/api/apply',
    input: z.strictObject({
      plan: planShape,
      reason,
      override: z.boolean().default(false).describe('Apply although a consumer breaks or its use is unknown; needs a reason'),
    }),
    output: z.object({ sequence: z.number(), steps: z.number() }),
  }),
  build: operation({
    summary: 'Builds, checks and publishes products, in dependency order',
    method: 'POST',
    path: '/api/build',
    input: z.strictObject({
      ref: ref.optional(),
      from: z.string().optional().describe("A delivered file on the server's machine, for an external object"),
      force: z.boolean().default(false).describe('Build also where nothing changed'),
    }),
    output: z.object({ runs: z.array(runShape) }),
    long: true,
  }),
  test: operation({
    summary: 'Checks contracts against the published data; publishes nothing',
    method: 'POST',
    path: '/api/test',
    input: z.strictObject({ ref: ref.optional() }),
    output: z.object({
      tables: z.array(
        z.object({
          ref: z.string(),
          checks: z.array(checkShape),
          report: z.record(z.string(), z.unknown()).describe('The checks as a message of Bitol’s OORS'),
        }),
      ),
    }),
    long: true,
  }),
  checks: operation({
    summary: 'What the rules of a table said of each published version, the newest first',
    method: 'GET',
    path: '/api/checks',
    input: z.strictObject({
      ref,
      rule: z.string().optional().describe('One rule’s results alone'),
      limit: z.coerce.number().int().min(1).max(1_000).default(20),
    }),
    output: z.object({ ref: z.string(), versions: z.array(z.object({ at: z.string(), run: z.string(), snapshot: z.string(), checks: z.array(checkShape) })) }),
  }),
  agreements: operation({
    summary: 'Lists agreements that the caller is a side of',
    method: 'GET',
    path: '/api/agreements',
    input: z.strictObject({ status: agreementShape.shape.status.optional() }),
    output: z.object({ agreements: z.array(agreementShape) }),
  }),
  requestAccess: operation({
    summary: 'Asks for a role on an output port',
    method: 'POST',
    path: '/api/agreements',
    input: z.strictObject({
      ref,
      role: z.string(),
      purpose: z.string().min(3).max(500),
      until: z.string().describe('The last moment, as 2027-06-30 or a full time'),
      consumer: z.string().optional().describe('A domain or a product; the caller alone where absent'),
      onward: z.enum(['no', 'aggregate', 'yes']).default('no'),
    }),
    output: agreementShape,
  }),
  answerAccess: operation({
    summary: 'Approves, rejects, revokes or renews an agreement',
    method: 'POST',
    path: '/api/agreements/:id/:verb',
    input: z.strictObject({
      id: z.string(),
      verb: z.enum(['approve', 'reject', 'revoke', 'renew']),
      reason,
      until: z.string().optional().describe('The new end, for renew'),
    }),
    output: agreementShape,
  }),
  acceptChanges: operation({
    summary: 'Says yes for a consumer to changes that would break it',
    method: 'POST',
    path: '/api/acceptances',
    input: z.strictObject({
      agreement: z.string(),
      changes: z.array(z.string().min(1).max(20_000)).min(1).max(1_000).describe('As a plan names them: the `key` of an effect'),
      reason,
    }),
    output: z.object({ accepted: z.array(acceptanceShape) }),
  }),
  status: operation({
    summary: 'What is published, late, breached or running',
    method: 'GET',
    path: '/api/status',
    input: z.strictObject({ coverage: z.enum(['true', 'false']).default('false').describe('With every clause of each contract, and how far it is kept') }),
    output: z.object({
      mesh: z.string(),
      head: z.number(),
      headHash: z.string().describe('Of the newest entry of the log: note it elsewhere, for `log verify`'),
      tables: z.array(tableShape.extend({ freshness: z.string(), late: z.boolean(), coverage: coverageShape.nullable() })),
      incidents: z.array(z.object({ id: z.string(), ref: z.string(), at: z.string(), message: z.string(), open: z.boolean() })),
      runs: z.array(runShape.extend({ at: z.string() })),
    }),
  }),
  lineage: operation({
    summary: 'Where a table or a column comes from, what comes from it over any number of tables, and who reads it',
    method: 'GET',
    path: '/api/lineage',
    input: z.strictObject({ ref, column: z.string().optional() }),
    output: z.object({
      ref: z.string(),
      table: z.string().describe('As the edges name it'),
      upstream: z.array(lineageEdgeShape),
      downstream: z.array(lineageEdgeShape),
      readers: z.array(z.object({ ref: z.string(), columns: z.array(z.string()).nullable(), evidence: z.string() })),
    }),
  }),
  consumers: operation({
    summary: 'Who uses the tables of domains, by builds, agreements and the record of reads: what consumers.lock.yaml holds',
    method: 'GET',
    path: '/api/consumers',
    input: z.strictObject({ domains: z.string().min(1).describe('Names of domains, with commas between; the caller is a member of each') }),
    output: consumersShape,
  }),
  receiveEvent: operation({
    summary: 'Takes an event of OpenLineage: what a job of another tool read of the mesh’s tables is evidence of use by the caller’s domain',
    method: 'POST',
    path: '/api/lineage',
    input: z.record(z.string(), z.unknown()).describe('A RunEvent of OpenLineage, as its HTTP transport sends it'),
    output: z.object({ tables: z.number().describe('Tables of the mesh that the event tells a use of') }),
  }),
  grants: operation({
    summary: 'What databases with tables in place grant otherwise than the agreements in force say; with `apply`, makes it so',
    method: 'POST',
    path: '/api/grants',
    input: z.strictObject({ apply: z.boolean().default(false) }),
    output: z.object({
      places: z.array(
        z.object({
          place: z.string().describe('As hanse.yaml names it'),
          problem: z.string().nullable().describe('Why it could not be looked at'),
          differences: z.array(
            z.object({
              message: z.string(),
              sql: z.array(z.string()).describe('What makes it so'),
              ours: z.boolean().describe('False for what the domain itself granted: Hanse changes nothing there'),
              done: z.boolean(),
              problem: z.string().nullable().describe('Why it could not be done'),
            }),
          ),
          findings: z.array(findingShape),
        }),
      ),
    }),
  }),
  readStatements: operation({
    summary: 'Which columns of the mesh’s tables statements of another database use; nothing is run and nothing is kept',
    method: 'POST',
    path: '/api/statements',
    input: z.strictObject({ dialect: z.enum(dialects), statements: z.array(z.string()).max(1_000) }),
    output: z.object({ readings: z.array(z.array(statementReadingShape)).describe('For each statement, the tables that it names') }),
    long: true,
  }),
  recordUsage: operation({
    summary: 'Keeps what a dbt project or a query log uses, as evidence for change verdicts',
    method: 'POST',
    path: '/api/usage',
    input: usageRecordShape,
    output: z.object({
      isNew: z.boolean().describe('False where the same was there already'),
      uses: z.number(),
      left: z.number().describe('Uses of tables that the caller may not tell of'),
    }),
  }),
  log: operation({
    summary: 'Reads the log as it concerns the caller: who changed what, when and why',
    method: 'GET',
    path: '/api/log',
    input: z.strictObject({
      after: z.coerce.number().int().min(0).optional().describe('The newest entries where absent'),
      limit: z.coerce.number().int().min(1).max(10_000).default(100),
    }),
    output: z.object({ entries: z.array(logEntryShape), upTo: z.number().describe('The last entry that was looked at: where to go on, as `after`') }),
  }),
  reads: operation({
    summary: 'Reads the record of governed reads, the newest first',
    method: 'GET',
    path: '/api/reads',
    input: z.strictObject({ limit: z.coerce.number().int().min(1).max(10_000).default(100) }),
    output: z.object({
      reads: z.array(z.object({ at: z.string(), principal: z.string(), statement: z.string(), tables: z.array(z.string()) })),
    }),
  }),
  verifyLog: operation({
    summary: 'Walks the hash chains and says where they do not hold',
    method: 'POST',
    path: '/api/log/verify',
    input: z.strictObject({
      head: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'a hash of 64 hexadecimal digits')
        .optional()
        .describe('A hash that the log once ended with, as `hanse status` told it'),
    }),
    output: z.object({ entries: z.number(), head: z.string().describe('The hash of the newest entry'), findings: z.array(findingShape) }),
  }),
  collect: operation({
    summary: 'Removes what no published table needs any more: old snapshots, and files in two steps with a grace between them',
    method: 'POST',
    path: '/api/collect',
    input: z.strictObject({
      graceHours: z.coerce
        .number()
        .min(0)
        .max(8_760)
        .default(24)
        .describe('How long a file that nothing needs is kept, once before and once after it is marked'),
      dryRun: z.boolean().default(false).describe('Says what would be done, and does nothing'),
    }),
    output: collectionShape,
    long: true,
  }),
  doctor: operation({
    summary: 'Says what is in force on this machine, and what is wrong with it',
    method: 'POST',
    path: '/api/doctor',
    input: z.strictObject({ deep: z.boolean().default(false).describe('Reads every sealed file and walks both logs') }),
    output: doctorShape,
    long: true,
  }),
  createToken: operation({
    summary: 'Creates a bearer token for a person; it is shown once',
    method: 'POST',
    path: '/api/tokens',
    input: z.strictObject({ username: z.string(), days: z.coerce.number().int().min(1).max(366).default(90) }),
    output: z.object({ token: z.string(), username: z.string(), expires: z.string() }),
  }),
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
export type OperationInput<K extends OperationName> = z.input<Operations[K]['input']>;
export type OperationOutput<K extends OperationName> = z.output<Operations[K]['output']>;

/** `Signal` is the runtime's AbortSignal. */
export interface Call<Signal> {
  readonly signal?: Signal;
  readonly progress?: (line: ProgressLine) => void;
}

export const queryInput = z.strictObject({
  sql: z.string().min(1).max(1_000_000),
  format: z.enum(['json', 'jsonl', 'csv', 'parquet']).default('json'),
  purpose: z.string().optional(),
  asOf: asOf.describe('Reads the tables as they were then, under the agreements of now').optional(),
});

export type QueryInput = z.input<typeof queryInput>;

/** A governed answer: where it comes from, then its bytes. */
export interface QueryAnswer {
  readonly columns: readonly z.infer<typeof columnTypeShape>[];
  readonly provenance: readonly z.infer<typeof provenanceShape>[];
  readonly body: AsyncIterable<Uint8Array>;
}

/** The mesh as one caller may use it. */
export type Api<Signal> = {
  readonly [K in OperationName]: (input: OperationInput<K>, call?: Call<Signal>) => Promise<OperationOutput<K>>;
} & {
  readonly query: (input: QueryInput, call?: Call<Signal>) => Promise<QueryAnswer>;
};

import { z } from 'zod';
import { custodies } from '../custody/custody.ts';

/** Shapes that several operations answer with. Times are ISO 8601 in UTC. */

export const findingShape = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  ref: z.string().optional(),
  at: z.object({ file: z.string(), line: z.number(), column: z.number() }).optional(),
  message: z.string(),
  hint: z.string().optional(),
});

const samplesShape = z
  .array(z.string())
  .optional()
  .describe('Tables whose rows were made up from their contracts, and that this stands on; absent where none was');

export const tableShape = z.object({
  ref: z.string(),
  sql: z.string().describe('The name in SQL, as operations.flights'),
  major: z.number(),
  deprecated: z.boolean(),
  contract: z.object({
    id: z.string(),
    version: z.string(),
    state: z.enum(['holds', 'breached', 'unpublished']).describe('What the checks of the published snapshot said'),
  }),
  custody: z.enum(custodies).describe('Who keeps the promises: the mesh, a database that is reached, the tests of a dbt project, or nobody'),
  roles: z.array(z.string()),
  snapshot: z.string().nullable(),
  rows: z.number().nullable().describe('Of the whole table: for the domain’s members only'),
  publishedAt: z.string().nullable(),
  samples: samplesShape,
});

export const productShape = z.object({
  ref: z.string(),
  id: z.string(),
  version: z.string().nullable(),
  status: z.string(),
  purpose: z.string().nullable(),
  owner: z.string(),
  tables: z.array(tableShape),
});

export const coverageShape = z.object({
  enforced: z.number(),
  observed: z.number(),
  onlyWords: z.number(),
  clauses: z.array(
    z.object({
      kind: z.enum(['rule', 'service level', 'role', 'change', 'notice']),
      clause: z.string(),
      coverage: z.enum(['enforced', 'observed', 'only words']),
      how: z.string().describe('By what, or why not'),
      reference: z.string().nullable().describe('The clause in the contract'),
    }),
  ),
});
export type CoverageAnswer = z.infer<typeof coverageShape>;

export const columnShape = z.object({
  name: z.string(),
  type: z.string(),
  description: z.string().nullable(),
  classification: z.string().nullable(),
  required: z.boolean(),
  hiddenFrom: z.array(z.string()).describe('Roles that do not see this column as it is'),
});

export const checkShape = z.object({
  rule: z.string(),
  result: z.enum(['pass', 'fail', 'warn', 'error', 'skip']),
  column: z.string().nullable(),
  promise: z.string().describe('What must hold'),
  message: z.string().describe('What was found; the promise alone for those outside the domain'),
  failing: z.number().nullable(),
  sample: z.array(z.record(z.string(), z.unknown())),
  sql: z.string().nullable().describe('What a person can run to see all failing rows'),
});

export const agreementShape = z.object({
  id: z.string(),
  provider: z.string(),
  consumer: z.string(),
  role: z.string(),
  purpose: z.string(),
  onward: z.enum(['no', 'aggregate', 'yes']),
  status: z.enum(['requested', 'active', 'rejected', 'revoked', 'expired']),
  start: z.string(),
  end: z.string(),
  noticeDays: z.number(),
  requestedBy: z.string(),
  answeredBy: z.string().nullable(),
  reason: z.string().nullable(),
});

export const effectShape = z.object({
  consumer: z.string(),
  side: z.enum(['reader', 'writer']).describe('A writer is the product’s own build, or who delivers its tables; a plan’s verdict is of its readers'),
  verdict: z.enum(['breaks', 'safe', 'unknown', 'accepted']),
  kind: z.string().describe('What kind of change it is, as in the reference of changes'),
  change: z.string(),
  key: z.string().describe('Names the change where the consumer accepts it'),
  table: z.string().nullable(),
  column: z.string().nullable(),
  evidence: z.string(),
  seenAt: z.string().nullable().describe('When the use was last seen; null where the documents that were compared say it'),
  agreement: z.string().nullable(),
  noticeDays: z.number().nullable(),
  noticeEnds: z.string().nullable().describe('The earliest day on which the change may take effect under the agreement'),
  toDo: z.string().describe('What the consumer has to do'),
  accepted: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable().describe('Who said yes to it for the consumer'),
  level: z.enum(['observe', 'warn', 'block']).default('block').describe('Of the table: only at `block` a break keeps a change back'),
});

export const acceptanceShape = z.object({
  agreement: z.string(),
  change: z.string(),
  version: z.string().describe('Of the contract, when it was said: it says nothing of a later one'),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
});

export const consumersShape = z.object({
  mesh: z.string(),
  asOf: z.number().describe('The log number up to which it is known'),
  at: z.string(),
  accepted: z.array(acceptanceShape).describe('Changes that consumers said yes to'),
  tables: z.record(
    z.string(),
    z.object({
      table: z.string(),
      consumers: z.array(
        z.object({
          consumer: z.string(),
          agreement: z.string().optional(),
          role: z.string().optional(),
          noticeDays: z.number().optional(),
          columns: z.array(z.string()).nullable().describe('Null where they cannot be told'),
          evidence: z.string(),
          lastSeen: z.string().optional().describe('The day of the last use on record'),
        }),
      ),
    }),
  ),
});

const usedColumns = z.array(z.string()).nullable().describe('Null where they cannot be told');

export const statementReadingShape = z.object({ table: z.string().describe('The id of a served table'), columns: usedColumns, why: z.string().optional() });

export const usageRecordShape = z.strictObject({
  source: z.enum(['dbt', 'query-log', 'openlineage']),
  origin: z.string().min(1).max(200).describe('What the project or the log is called: brought again it takes the place of what was, or adds to it'),
  seen: z.iso.datetime().optional().describe('When dbt wrote the manifest'),
  uses: z
    .array(
      z.strictObject({
        table: z.string(),
        consumer: z.string().min(1).max(200),
        columns: usedColumns,
        why: z.string().max(500).optional(),
        where: z.string().max(200).optional(),
        days: z.record(z.iso.date(), z.number().int().min(1)).default({}).describe('Statements by day'),
      }),
    )
    .max(50_000),
});

export const changeShape = z.object({
  kind: z.string(),
  message: z.string(),
  readers: z.boolean().describe('It breaks readers of what it touches'),
  writers: z.boolean().describe('What was written before may be refused'),
  object: z.string().nullable(),
  column: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  at: z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable(),
});

export const versionShape = z.object({
  before: z.string(),
  after: z.string(),
  proposed: z.string(),
  raises: z.enum(['major', 'minor', 'patch']),
  enough: z.boolean(),
});

export const migrationShape = z.object({
  consumer: z.string(),
  table: z.string(),
  by: z.string().nullable().describe('The day by which it should be done'),
  sql: z.string().describe('A SELECT from the new table in the shape of the old one'),
});

export const treeShape = z.object({
  home: z.string().describe("The repository's stable id"),
  formerHomes: z.array(z.string()).default([]).describe('Ids that the same folder had before, as before its first commit'),
  files: z.array(z.object({ path: z.string().regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\\]+$/, 'a path inside the repository'), text: z.string() })),
  ignored: z
    .array(z.object({ path: z.string(), why: z.string(), hint: z.string() }))
    .default([])
    .describe('Files that are not read although they seem to be meant for documents'),
});

export const stepShape = z.object({
  op: z.enum(['create', 'change', 'remove']),
  kind: z.enum(['domain', 'product', 'contract', 'build', 'agreement']),
  id: z.string(),
  ref: z.string(),
  path: z.string().nullable(),
  why: z.string(),
  /** The version that must still stand when the step is applied; 0 where the document must be absent. */
  expect: z.number(),
  effects: z.array(effectShape),
  changes: z.array(changeShape),
  version: versionShape.nullable().describe('Of a contract: what its changes make of its version'),
  migrations: z.array(migrationShape),
  body: z.record(z.string(), z.unknown()).nullable(),
});

export const revisionsShape = z.object({
  base: z.object({
    revision: z.string().describe('As it was asked for: origin/main'),
    commit: z.string(),
    isMergeBase: z.boolean().describe('True where the revision went on since: `commit` is the newest that both have'),
  }),
  head: z.object({ revision: z.string(), commit: z.string() }).nullable().describe('Null: the folder as it stood'),
});

export const planShape = z.object({
  home: z.string(),
  /** The log number that the plan was made against. */
  base: z.number(),
  revisions: revisionsShape.optional().describe('Where two git revisions were compared, and no mesh was asked'),
  verdict: z.enum(['nothing', 'safe', 'accepted', 'breaks', 'unknown']),
  steps: z.array(stepShape),
  findings: z.array(findingShape),
  seal: z.string().describe('Made by the mesh: a plan that was edited is refused'),
});

export const runShape = z.object({
  id: z.string(),
  ref: z.string(),
  outcome: z.enum(['running', 'published', 'unchanged', 'blocked', 'failed', 'waiting']),
  mode: z.string(),
  rows: z.number().nullable(),
  snapshot: z.string().nullable(),
  message: z.string(),
  checks: z.array(checkShape),
  filesWritten: z.number(),
  filesChecked: z.number(),
  filesSliced: z.number(),
  durationMs: z.number(),
});

export const provenanceShape = z.object({
  table: z.string(),
  product: z.string(),
  version: z.string(),
  snapshot: z.string(),
  role: z.string(),
  agreement: z.string().nullable(),
  contractState: z.string(),
  samples: samplesShape,
  slice: z.enum(['whole', 'kept', 'built']),
});

export const collectionShape = z.object({
  dryRun: z.boolean(),
  snapshotsExpired: z.number(),
  filesMarked: z.number().describe('Files that nothing needs, marked just now'),
  filesWaiting: z.number().describe('Marked files whose grace goes on'),
  filesRemoved: z.number(),
  bytesRemoved: z.number(),
  stagedRemoved: z.number().describe('Files that were never sealed; not counted in a dry run'),
  runsRemoved: z.number(),
  incidentsRemoved: z.number(),
  readsForgotten: z.number(),
  runsLost: z.number().describe('Runs whose process is gone, now on record as failed'),
});

export const doctorShape = z.object({
  facts: z.array(z.object({ name: z.string(), value: z.string() })).describe('What is in force'),
  findings: z.array(findingShape).describe('What is wrong, and what to do'),
});

export const logEntryShape = z.object({
  sequence: z.number(),
  at: z.string(),
  actor: z.string(),
  intent: z.string(),
  reason: z.string(),
  documents: z.array(z.string()),
  hash: z.string(),
});

/** One step of long work, for people who wait. */
export const progressShape = z.object({ ref: z.string(), stage: z.string(), done: z.number().optional().describe('From 0 to 1, where it is known') });

export const errorShape = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }) });

export const columnTypeShape = z.object({ name: z.string(), type: z.string() });

export type FindingAnswer = z.infer<typeof findingShape>;
export type ProgressLine = z.infer<typeof progressShape>;
export type ProductAnswer = z.infer<typeof productShape>;
export type TableAnswer = z.infer<typeof tableShape>;
export type CheckAnswer = z.infer<typeof checkShape>;
export type AgreementAnswer = z.infer<typeof agreementShape>;
export type EffectAnswer = z.infer<typeof effectShape>;
export type ChangeAnswer = z.infer<typeof changeShape>;
export type VersionAnswer = z.infer<typeof versionShape>;
export type MigrationAnswer = z.infer<typeof migrationShape>;
export type TreeFiles = z.input<typeof treeShape>;
export type Plan = z.infer<typeof planShape>;
export type Revisions = z.infer<typeof revisionsShape>;
export type Step = z.infer<typeof stepShape>;
export type RunAnswer = z.infer<typeof runShape>;
export type Provenance = z.infer<typeof provenanceShape>;
export type CollectionAnswer = z.infer<typeof collectionShape>;
export type DoctorAnswer = z.infer<typeof doctorShape>;

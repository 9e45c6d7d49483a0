import { z } from 'zod';

/** What is read of dbt's artifacts, manifest v10 to v12; keys that are not named here are ignored. */
const text = z.string().nullish();
const tags = z.union([z.array(z.string()), z.string().transform((one) => [one])]).nullish();
const meta = z.record(z.string(), z.json()).nullish();
const constraint = z.object({
  type: z.string(),
  name: text,
  expression: text,
  columns: z.array(z.string()).nullish(),
  to: text,
  to_columns: z.array(z.string()).nullish(),
});
const column = z.object({
  name: z.string(),
  description: text,
  data_type: text,
  meta,
  tags,
  constraints: z.array(constraint).nullish(),
  config: z.object({ meta, tags }).nullish(),
});
const config = z.object({
  tags,
  meta,
  materialized: text,
  group: text,
  access: text,
  severity: text,
  where: text,
  limit: z.number().nullish(),
  fail_calc: text,
  warn_if: text,
  error_if: text,
  enabled: z.boolean().nullish(),
  contract: z.object({ enforced: z.boolean().nullish() }).nullish(),
});
const dependsOn = z.object({ nodes: z.array(z.string()).nullish() }).nullish();
const node = z.object({
  unique_id: z.string(),
  name: z.string(),
  alias: text,
  resource_type: z.string(),
  package_name: z.string(),
  original_file_path: z.string(),
  fqn: z.array(z.string()).nullish(),
  database: text,
  schema: text,
  description: text,
  tags,
  meta,
  group: text,
  access: text,
  version: z.union([z.string(), z.number()]).nullish(),
  latest_version: z.union([z.string(), z.number()]).nullish(),
  deprecation_date: text,
  columns: z.record(z.string(), column).nullish(),
  constraints: z.array(constraint).nullish(),
  config: config.nullish(),
  depends_on: dependsOn,
  column_name: text,
  attached_node: text,
  patch_path: text,
  raw_code: text,
  created_at: z.number().nullish(),
  test_metadata: z.object({ name: z.string(), namespace: text, kwargs: z.record(z.string(), z.json()).nullish() }).nullish(),
});
const owner = z.object({ name: text, email: z.union([z.string(), z.array(z.string())]).nullish() }).nullish();
const named = z.object({ name: z.string(), owner });

export const manifestShape = z.object({
  metadata: z.object({ dbt_schema_version: z.string(), dbt_version: text, project_name: text, adapter_type: text }),
  nodes: z.record(z.string(), node),
  sources: z.record(z.string(), z.object({ name: z.string(), source_name: text })).nullish(),
  exposures: z.record(z.string(), named.extend({ type: text, depends_on: dependsOn })).nullish(),
  groups: z.record(z.string(), named).nullish(),
});
export type Manifest = z.infer<typeof manifestShape>;
export type DbtNode = z.infer<typeof node>;
export type DbtColumn = z.infer<typeof column>;
export type DbtConstraint = z.infer<typeof constraint>;

export const catalogShape = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      metadata: z.object({ type: text, comment: text }),
      columns: z.record(z.string(), z.object({ name: z.string(), type: z.string(), index: z.number().nullish(), comment: text })),
    }),
  ),
});
export type Catalog = z.infer<typeof catalogShape>;

export const runResultsShape = z.object({
  metadata: z.object({ generated_at: text }),
  args: z.object({ which: text }).nullish(),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      failures: z.number().nullish(),
      message: text,
      timing: z.array(z.object({ name: z.string(), completed_at: text })).nullish(),
    }),
  ),
});
export type RunResults = z.infer<typeof runResultsShape>;

export const sourcesShape = z.object({ results: z.array(z.object({ unique_id: z.string(), status: z.string() })) });

/** What dbt left in `target/`; all but the manifest may be missing. */
export interface DbtArtifacts {
  readonly manifest: Manifest;
  readonly catalog?: Catalog;
  readonly runResults?: RunResults;
  readonly sources?: z.infer<typeof sourcesShape>;
}

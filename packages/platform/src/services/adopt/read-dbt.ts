import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { addressName } from '@hanse/core/adopt/adopted-name.ts';
import { draftDbt } from '@hanse/core/adopt/dbt/draft-dbt.ts';
import { catalogShape, type DbtArtifacts, type DbtNode, manifestShape, runResultsShape, sourcesShape } from '@hanse/core/adopt/dbt/manifest.ts';
import { ownModels } from '@hanse/core/adopt/dbt/select-models.ts';
import type { Draft } from '@hanse/core/adopt/draft.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import type { z } from 'zod';
import { UserError } from '../../error.ts';

const VERSIONS = new Set(['v10', 'v11', 'v12']);
const SOME = 8;

export interface DbtAdoption {
  /** dbt's target folder, or its project. */
  readonly place: string;
  readonly select?: string;
  readonly domain?: string;
  /** Where a contract of a model will lie: places on this disk are written relative to it. */
  readonly folderOf: (domain: string, model: string) => string;
}

/** Drafts from what dbt left in its target folder; a `UserError` where nothing says which models are meant. */
export async function readDbt({ place, select, domain, folderOf }: DbtAdoption): Promise<Draft> {
  const target = existsSync(join(place, 'manifest.json')) ? resolve(place) : resolve(place, 'target');
  const manifest = await readArtifact(join(target, 'manifest.json'), manifestShape);
  if (manifest === undefined)
    throw new UserError('missing', `${place}: no manifest.json is there`, 'Run `dbt parse` or `dbt build`, and name its target folder.');
  const version = /(v\d+)\.json/.exec(manifest.metadata.dbt_schema_version)?.[1] ?? '';
  if (!VERSIONS.has(version))
    throw new UserError(
      'invalid',
      `${target}/manifest.json has the schema ${manifest.metadata.dbt_schema_version}`,
      'Read are v10 to v12: what dbt 1.6 and later write.',
    );
  const [catalog, runResults, sources] = await Promise.all([
    readArtifact(join(target, 'catalog.json'), catalogShape),
    readArtifact(join(target, 'run_results.json'), runResultsShape),
    readArtifact(join(target, 'sources.json'), sourcesShape),
  ]);
  const artifacts: DbtArtifacts = { manifest, ...(catalog && { catalog }), ...(runResults && { runResults }), ...(sources && { sources }) };
  const server = (model: DbtNode, owner: string) =>
    serverOf(manifest.metadata.adapter_type ?? '', model, { project: dirname(target), contract: folderOf(owner, addressName(model.name)) });
  const draft = draftDbt(artifacts, { server, ...(select !== undefined && { select }), ...(domain !== undefined && { domain }) });
  if (draft.products.length > 0) return draft;
  const names = ownModels(manifest).map(({ name }) => name);
  const hint =
    names.length === 0
      ? 'The project has no models.'
      : `Name some with --select, as \`--select "${names[0] ?? ''} tag:core"\`. It has ${names.slice(0, SOME).join(', ')}${names.length > SOME ? `, ... (${names.length})` : ''}.`;
  throw new UserError(
    'missing',
    select === undefined ? `${place}: no model is public, and neither exposures nor other projects read one` : `${place}: \`${select}\` selects no model`,
    hint,
  );
}

async function readArtifact<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape> | undefined> {
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError('invalid', `${path} is not JSON`, 'Let dbt write it again.');
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(
    'invalid',
    `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not have the shape of dbt’s artifact'}`,
    'Let dbt write it again.',
  );
}

interface Places {
  readonly project: string;
  /** The folder of the contract. */
  readonly contract: string;
}

/** ODCS server of a model: what the manifest says of its place, and `${VAR}` for what only the profile knows. */
function serverOf(adapter: string, model: DbtNode, places: Places): JsonObject {
  const [database, schema] = [model.database ?? '', model.schema ?? ''];
  const server = `dbt-${adapter === '' ? 'target' : adapter}`;
  switch (adapter) {
    case 'duckdb':
      return { server, type: 'duckdb', database: duckdbFile(database, places), schema };
    case 'postgres':
      return { server, type: 'postgres', host: '${PGHOST}', port: 5432, database, schema };
    case 'redshift':
      return { server, type: 'redshift', host: '${REDSHIFT_HOST}', database, schema };
    case 'snowflake':
      return { server, type: 'snowflake', account: '${SNOWFLAKE_ACCOUNT}', database, schema };
    case 'bigquery':
      return { server, type: 'bigquery', project: database, dataset: schema };
    case 'databricks':
      return { server, type: 'databricks', host: '${DATABRICKS_HOST}', catalog: database, schema };
    default:
      return { server, type: 'custom', database, schema, description: adapter === '' ? 'dbt does not say what it is.' : `The dbt adapter ${adapter}.` };
  }
}

function duckdbFile(database: string, { project, contract }: Places): string {
  const found = ['.duckdb', '.db', ''].map((ending) => join(project, `${database}${ending}`)).find((path) => existsSync(path));
  return found === undefined ? '${DBT_DUCKDB_PATH}' : relative(contract, found).replaceAll('\\', '/');
}

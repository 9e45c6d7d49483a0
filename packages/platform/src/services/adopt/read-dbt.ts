import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { addressName } from '@hanse/core/adopt/adopted-name.ts';
import { draftDbt } from '@hanse/core/adopt/dbt/draft-dbt.ts';
import type { DbtNode } from '@hanse/core/adopt/dbt/manifest.ts';
import { ownModels, whyNotSelect } from '@hanse/core/adopt/dbt/select-models.ts';
import type { Draft } from '@hanse/core/adopt/draft.ts';
import type { JsonObject } from '@hanse/core/document/document.ts';
import { UserError } from '../../error.ts';
import { readArtifacts } from '../dbt/read-artifacts.ts';

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
  const misread = select === undefined ? undefined : whyNotSelect(select);
  if (misread !== undefined)
    throw new UserError(
      'usage',
      `--select ${JSON.stringify(select)}: ${misread}`,
      'Let dbt name them: dbt ls --select "..." --resource-type model --output name.',
    );
  const { target, ...artifacts } = await readArtifacts(place);
  const { manifest } = artifacts;
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

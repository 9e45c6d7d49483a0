import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { catalogShape, type DbtArtifacts, manifestShape, runResultsShape, sourcesShape } from '@hanse/core/adopt/dbt/manifest.ts';
import type { z } from 'zod';
import { UserError } from '../../error.ts';

const VERSIONS = new Set(['v10', 'v11', 'v12']);

/** What dbt left in its target folder, which may be named by its project; a `UserError` where that cannot be read. */
export async function readArtifacts(place: string): Promise<DbtArtifacts & { readonly target: string }> {
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
  return { target, manifest, ...(catalog && { catalog }), ...(runResults && { runResults }), ...(sources && { sources }) };
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

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { catalogShape, type DbtArtifacts, manifestShape, runResultsShape, sourcesShape } from '@hanse/core/adopt/dbt/manifest.ts';
import type { z } from 'zod';
import { UserError } from '../../error.ts';

const VERSIONS = new Set(['v10', 'v11', 'v12']);

/** What dbt left in its target folder, which may be named by its project or its manifest; a `UserError` where that cannot be read. */
export async function readArtifacts(place: string): Promise<DbtArtifacts & { readonly target: string }> {
  const { target, manifest } = await readManifest(place, manifestShape);
  const [catalog, runResults, sources] = await Promise.all([
    readArtifact(join(target, 'catalog.json'), catalogShape),
    readArtifact(join(target, 'run_results.json'), runResultsShape),
    readArtifact(join(target, 'sources.json'), sourcesShape),
  ]);
  return { target, manifest, ...(catalog && { catalog }), ...(runResults && { runResults }), ...(sources && { sources }) };
}

type ManifestShape = z.ZodType<{ readonly metadata: { readonly dbt_schema_version: string } }>;

/** The manifest alone, as far as a shape reads it, and the folder that it lies in. */
export async function readManifest<Shape extends ManifestShape>(
  place: string,
  shape: Shape,
): Promise<{ readonly target: string; readonly manifest: z.output<Shape> }> {
  const path = [place, join(place, 'manifest.json'), join(place, 'target', 'manifest.json')].find((one) => one.endsWith('.json') && existsSync(one));
  const manifest = path === undefined ? undefined : await readArtifact(resolve(path), shape);
  if (path === undefined || manifest === undefined)
    throw new UserError('missing', `${place}: no manifest.json is there`, 'Run `dbt compile` or `dbt build`, and name its target folder.');
  const { dbt_schema_version: schema } = manifest.metadata;
  if (!VERSIONS.has(/(v\d+)\.json/.exec(schema)?.[1] ?? ''))
    throw new UserError('invalid', `${path} has the schema ${schema}`, 'Read are v10 to v12: what dbt 1.6 and later write.');
  return { target: dirname(resolve(path)), manifest };
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

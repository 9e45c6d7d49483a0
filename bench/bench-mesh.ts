import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from '@hanse/core/api/operations.ts';
import { readSettings } from 'hanse/config.ts';
import { openPlatform } from 'hanse/open-platform.ts';
import { createApi } from 'hanse/services/mesh-api.ts';
import type { Platform } from 'hanse/services/platform.ts';
import { readMeshFile } from 'hanse/tree/read-mesh-file.ts';
import { meshDocuments, readerOf, writeDocuments, type WrittenTable } from './mesh-documents.ts';

export const memoryMb = 1_024;

/** A mesh in this process, with its documents applied and nothing built. */
export interface BenchMesh extends AsyncDisposable {
  readonly folder: string;
  readonly platform: Platform;
  readonly owner: Api<AbortSignal>;
}

/** Applies the tables in an empty folder. `roots`: the folders that sources may read. */
export async function openBenchMesh(folder: string, tables: readonly WrittenTable[], roots: readonly string[]): Promise<BenchMesh> {
  await mkdir(folder, { recursive: true });
  const files = meshDocuments(tables, roots);
  await writeDocuments(folder, files);
  const mesh = await reopenBenchMesh(folder);
  const { owner } = mesh;
  const plan = await owner.plan({ tree: { home: 'bench', files: files.map((file) => ({ ...file })) } });
  const [wrong] = plan.findings.filter(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new Error(wrong.message);
  await owner.apply({ plan, reason: 'bench' });
  return mesh;
}

/** A mesh that was closed. */
export async function reopenBenchMesh(folder: string): Promise<BenchMesh> {
  const settings = readSettings({ flags: { folder, storage: join(folder, '.hanse'), memory: String(memoryMb) }, environment: {}, file: {} });
  const open = await openPlatform({ settings, meshFile: await readMeshFile(folder), environment: {} });
  const owner = createApi(open.platform, { kind: 'operator', username: 'bench' });
  return { folder, platform: open.platform, owner, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

/** Builds what is not up to date; throws where a table is not published. */
export async function buildAll({ owner }: Pick<BenchMesh, 'owner'>, force = false) {
  const { runs } = await owner.build({ force });
  const bad = runs.find(({ outcome }) => outcome !== 'published' && outcome !== 'unchanged');
  if (bad !== undefined) throw new Error(`${bad.ref}: ${bad.outcome}: ${bad.message}`);
  return runs;
}

/** The mesh as the reader in a role may use it. */
export function apiOf({ platform }: Pick<BenchMesh, 'platform'>, role: string): Api<AbortSignal> {
  return createApi(platform, { kind: 'person', username: readerOf(role) });
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString();
}

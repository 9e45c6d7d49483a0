import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeshFile } from '@hanse/core/document/mesh-file.ts';
import { parseMesh } from '@hanse/core/document/parse-mesh.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { formatPosition } from '@hanse/core/finding/finding.ts';
import { ExternalError, UserError } from '../error.ts';

/** The folder's hanse.yaml; all defaults where there is none. */
export async function readMeshFile(folder: string): Promise<MeshFile> {
  const path = join(folder, 'hanse.yaml');
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new ExternalError(`${path}: cannot be read (${error.message})`, { cause: error, hint: "Check the file's permissions." });
  });
  const misnamed = ['hanse.yml', 'hanse.json'].find((name) => bytes === undefined && existsSync(join(folder, name)));
  if (misnamed !== undefined) throw new UserError('invalid', `${join(folder, misnamed)} is not read: the mesh's own file is hanse.yaml`, 'Rename it.');
  if (bytes === undefined) return { environments: {}, sources: {}, places: {}, limits: {} };
  const { document, findings } = readYaml(path, bytes);
  const parsed: ReturnType<typeof parseMesh> = document === undefined ? { findings } : parseMesh(document);
  const [wrong] = parsed.findings.filter(({ severity }) => severity === 'error');
  if (parsed.mesh !== undefined && wrong === undefined) return parsed.mesh;
  throw new UserError('invalid', `${wrong?.at === undefined ? path : formatPosition(wrong.at)}: ${wrong?.message ?? 'not a hanse.yaml'}`, wrong?.hint);
}

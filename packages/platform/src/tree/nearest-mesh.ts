import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder itself or the nearest one above it that has a hanse.yaml. */
export function nearestMesh(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'hanse.yaml'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

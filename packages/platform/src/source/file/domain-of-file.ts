import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { parseDomain } from '@hanse/core/product/parse-domain.ts';
import { isBelow } from './is-below.ts';

/**
 * Says whose folder a file of the repository lies in: the domain of the nearest domain.yaml above it, as it stands on this
 * disk. What the mesh has stored of a domain's place is not asked, because whoever applies a plan says that.
 */
export function domainsOfFiles(repository: string): (path: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  const domainOf = (folder: string): Promise<string | undefined> => {
    const found = known.get(folder) ?? lookUp(folder);
    known.set(folder, found);
    return found;
  };
  const lookUp = async (folder: string): Promise<string | undefined> => {
    if (!isBelow(folder, repository)) return undefined;
    const path = join(folder, 'domain.yaml');
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return folder === repository ? undefined : domainOf(dirname(folder));
    const { document } = readYaml(path, bytes);
    return document === undefined ? undefined : parseDomain(document).domain?.name;
  };
  return (path) => domainOf(dirname(path));
}

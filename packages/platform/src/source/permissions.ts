import type { SourcePermission } from '@hanse/core/document/mesh-file.ts';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import { UserError } from '../error.ts';
import type { SourcePlace } from './source.ts';

export interface PermissionOptions {
  /** By domain, as hanse.yaml says it. */
  readonly permitted: Readonly<Record<string, SourcePermission>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What one domain's builds may name, as whoever runs the mesh wrote it in hanse.yaml. */
export interface Permissions {
  /** Folders outside the domain that its builds may read, resolved. */
  folders(): readonly string[];
  /** A file name with its variables resolved; `UserError` for one that the domain may not use. */
  fileName(written: string): string;
  /** A connection string, resolved; `UserError` for one that hanse.yaml does not name for the domain. */
  connection(written: string): string;
}

const NOTHING: SourcePermission = { folders: [], databases: [], variables: [] };

/** The permissions of the domain at a place. Variables of Hanse itself are set for nobody. */
export function permissionsOf({ permitted, environment }: PermissionOptions, { domain, label }: Pick<SourcePlace, 'domain' | 'label'>): Permissions {
  const permission = (Object.hasOwn(permitted, domain) ? permitted[domain] : undefined) ?? NOTHING;
  const variables = new Set([...permission.variables, ...namesIn(permission.folders)]);

  function resolve(text: string, where: string): string {
    const resolved = resolveVariables(text, (name) => (name.startsWith('HANSE_') ? undefined : environment[name]));
    if (resolved.finding === undefined) return resolved.text;
    throw new UserError('invalid', `${where}: ${resolved.finding.message}`, resolved.finding.hint);
  }

  return {
    folders: () => permission.folders.map((folder) => resolve(folder, `hanse.yaml: sources.${domain}.folders`)),
    fileName: (written) => {
      const refused = namesIn([written]).find((name) => !variables.has(name));
      if (refused === undefined) return resolve(written, label);
      throw new UserError(
        'denied',
        `${label}: builds of ${domain} may not use the variable \`${refused}\``,
        `Whoever runs the mesh names it in hanse.yaml, under sources.${domain}: in variables, or in the folder it begins.`,
      );
    },
    connection: (written) => {
      if (permission.databases.includes(written)) return resolve(written, label);
      throw new UserError(
        'denied',
        `${label}: builds of ${domain} may not read this database`,
        `Whoever runs the mesh names the connection in hanse.yaml, as build.yaml writes it: under sources.${domain}.databases.`,
      );
    },
  };
}

function namesIn(texts: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const text of texts) resolveVariables(text, (name) => void names.push(name));
  return names;
}

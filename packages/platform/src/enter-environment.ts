import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { inEnvironment } from '@hanse/core/document/mesh-environment.ts';
import type { MeshFile } from '@hanse/core/document/mesh-file.ts';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import { readSettings, type Settings } from './config.ts';
import { UserError } from './error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A mesh as a command finds it. */
export interface Entered {
  readonly meshFile: MeshFile;
  readonly settings: Settings;
  /** Variables for `${VAR}`: those of the process, and below them those of the environment. */
  readonly environment: Variables;
}

/** Chooses the environment by --env or HANSE_ENV and decides every setting in it. */
export function enterEnvironment(asked: { readonly written: MeshFile; readonly flags: Variables; readonly environment: Variables }): Entered {
  const { written, flags } = asked;
  const name = flags['env'] ?? asked.environment['HANSE_ENV'] ?? '';
  const entered = name === '' ? written : inEnvironment(written, name);
  if (entered === undefined) {
    const known = Object.keys(written.environments);
    const otherwise = known.length > 0 ? `It has ${known.join(', ')}.` : `Add it: environments: {${name}: {}}.`;
    throw new UserError('usage', `hanse.yaml names no environment ${JSON.stringify(name)}`, didYouMean(name, known, otherwise));
  }
  const environment = { ...written.environments[name]?.variables, ...asked.environment };
  const meshFile = resolvePlaces(entered, environment);
  return { meshFile, environment, settings: readSettings({ flags, environment: asked.environment, file: { ...meshFile } }) };
}

/** What says where a mesh is belongs to the environment that is named, not to the one that the caller stands in. */
const PLACE_FLAGS = ['storage', 'database', 'url', 'listen', 'listen-postgres', 'env'];
const PLACE_VARIABLES = ['HANSE_STORAGE', 'HANSE_DATABASE', 'HANSE_URL', 'HANSE_LISTEN', 'HANSE_LISTEN_POSTGRES', 'HANSE_ENV'];

/** Another environment than the one that the caller stands in, or the mesh at a URL. */
export function enterOther(asked: Parameters<typeof enterEnvironment>[0], name: string): Entered {
  const flags = without(asked.flags, PLACE_FLAGS);
  const environment = without(asked.environment, PLACE_VARIABLES);
  const place = /^https?:\/\//.test(name) ? { url: name } : { env: name };
  return enterEnvironment({ written: asked.written, flags: { ...flags, ...place }, environment });
}

function without(variables: Variables, names: readonly string[]): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

/** Places may hold `${VAR}`: connection strings with their passwords stay out of the repository. */
function resolvePlaces(file: MeshFile, environment: Variables): MeshFile {
  const resolve = (text: string): string => {
    const { text: resolved, finding } = resolveVariables(text, (name) => environment[name]);
    if (finding !== undefined) throw new UserError('invalid', `hanse.yaml: ${finding.message}`, finding.hint);
    return resolved;
  };
  const { storage, listen, url } = file;
  return {
    ...file,
    ...(storage !== undefined && {
      storage: {
        ...(storage.folder !== undefined && { folder: resolve(storage.folder) }),
        ...(storage.database !== undefined && { database: resolve(storage.database) }),
      },
    }),
    ...(listen !== undefined && {
      listen: {
        ...(listen.http !== undefined && { http: resolve(listen.http) }),
        ...(listen.postgres !== undefined && { postgres: resolve(listen.postgres) }),
      },
    }),
    ...(url !== undefined && { url: resolve(url) }),
  };
}

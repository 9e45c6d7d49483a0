import type { ContractServer } from '@hanse/core/contract/contract.ts';
import type { PlacePermission } from '@hanse/core/document/mesh-file.ts';
import { resolveVariables } from '@hanse/core/document/resolve-variables.ts';
import { UserError } from '../error.ts';
import type { ManagedPlace } from '../grant/grant-place.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The databases of hanse.yaml in which agreements are granted. */
export function managedPlaces(places: Readonly<Record<string, PlacePermission>>, environment: Environment): readonly ManagedPlace[] {
  return Object.entries(places).map(([name, { postgres, schemas, logins }]) => {
    const connection = () => {
      const { text, finding } = resolve(postgres, environment);
      if (finding === undefined) return text;
      throw new UserError('invalid', `hanse.yaml: places.${name}.postgres: ${finding.message}`, finding.hint);
    };
    return { name, schemas, logins, connection, holds: (server) => isSame(server, resolve(postgres, environment).text, environment) };
  });
}

function resolve(text: string, environment: Environment) {
  return resolveVariables(text, (name) => (name.startsWith('HANSE_') ? undefined : environment[name]));
}

/** The same host, port and database: a contract names no user. */
function isSame({ type, host, port = 5432, database }: ContractServer, connection: string | undefined, environment: Environment): boolean {
  const url = connection === undefined ? null : URL.parse(connection);
  if (url === null || !/^postgres(ql)?$/.test(type) || host === undefined || database === undefined) return false;
  const [named, within] = [host, database].map((text) => resolve(text, environment).text);
  return named === url.hostname && String(port) === (url.port === '' ? '5432' : url.port) && within === decodeURIComponent(url.pathname.slice(1));
}

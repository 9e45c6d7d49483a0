import type { Server } from '@hanse/core/contract/parse-servers.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { UserError } from '../../error.ts';

export interface Choice {
  /** By name or environment. */
  readonly server?: string;
  /** The environment that the caller stands in: its server where none is asked for. */
  readonly environment?: string;
}

/** The server that is asked for, else that of the environment, else the first; a `UserError` where there is none. */
export function chooseServer(servers: readonly Server[], file: string, { server: asked, environment: standing }: Choice): Server {
  const [first] = servers;
  if (first === undefined)
    throw new UserError(
      'invalid',
      `${file}: the contract names no server, so nobody knows where its data lies`,
      'Add one: servers: [{server: local, type: local, path: orders.parquet, format: parquet}].',
    );
  if (asked === undefined) return servers.find(({ environment }) => environment !== undefined && environment === standing) ?? first;
  const found = servers.find(({ name }) => name === asked) ?? servers.find(({ environment }) => environment === asked);
  if (found !== undefined) return found;
  const names = servers.map(({ name }) => name);
  throw new UserError('usage', `${file}: the contract has no server \`${asked}\``, didYouMean(asked, names, `It has ${names.join(', ')}.`));
}

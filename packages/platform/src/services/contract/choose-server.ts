import type { Server } from '@hanse/core/contract/parse-servers.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { UserError } from '../../error.ts';

/** The server that is asked for, else the only one, else the first; a `UserError` where there is none. */
export function chooseServer(servers: readonly Server[], file: string, asked: string | undefined): Server {
  const [first] = servers;
  if (first === undefined)
    throw new UserError(
      'invalid',
      `${file}: the contract names no server, so nobody knows where its data lies`,
      'Add one: servers: [{server: local, type: local, path: orders.parquet, format: parquet}].',
    );
  if (asked === undefined) return first;
  const found = servers.find(({ name }) => name === asked) ?? servers.find(({ environment }) => environment === asked);
  if (found !== undefined) return found;
  const names = servers.map(({ name }) => name);
  throw new UserError('usage', `${file}: the contract has no server \`${asked}\``, didYouMean(asked, names, `It has ${names.join(', ')}.`));
}

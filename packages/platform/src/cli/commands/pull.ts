import { join } from 'node:path';
import { Readable } from 'node:stream';
import { LOCK_FILE } from '@hanse/core/lock/consumers-lock.ts';
import { UserError } from '../../error.ts';
import { readTreeFiles } from '../../tree/read-tree-files.ts';
import type { Command, CommandCall } from '../command.ts';
import { writeWhole } from '../write-whole.ts';

export const pull: Command = {
  name: 'pull',
  summary: 'Writes consumers.lock.yaml: who uses the tables of this folder, for verdicts without a server',
  usage: '[--domain <name>,...] [--out <file>]',
  example: 'hanse pull --url https://mesh.example.com --token $HANSE_TOKEN',
  flags: {
    domain: { type: 'string', help: 'Whose tables, with commas between; the domains of the folder where absent' },
    out: { type: 'string', help: 'Where to write it; consumers.lock.yaml in the folder where absent' },
  },
  run: async (call) => {
    const domains = await domainsOf(call);
    const [{ lockOf }, { formatConsumersLock }] = await Promise.all([
      import('@hanse/core/lock/lock-of.ts'),
      import('@hanse/core/lock/format-consumers-lock.ts'),
    ]);
    const lock = lockOf(await (await call.mesh()).consumers({ domains: domains.join(',') }));
    const path = typeof call.flags.out === 'string' ? call.flags.out : join(call.settings.folder, LOCK_FILE);
    await writeWhole(path, Readable.from([Buffer.from(formatConsumersLock(lock))]));
    const tables = Object.values(lock.tables);
    const counts = { tables: tables.length, consumers: new Set(tables.flatMap(({ consumers }) => consumers.map(({ consumer }) => consumer))).size };
    if (call.terminal.json) call.terminal.line(JSON.stringify({ path, mesh: lock.mesh, asOf: lock.asOf, at: lock.at, ...counts }));
    else call.terminal.line(`${path}: ${counts.tables} tables, ${counts.consumers} consumers, as of log entry ${lock.asOf}. Commit it.`);
    return 0;
  },
};

async function domainsOf(call: CommandCall): Promise<readonly string[]> {
  if (typeof call.flags.domain === 'string') return call.flags.domain.split(',');
  const { parseTree } = await import('@hanse/core/plan/parse-tree.ts');
  const { documents } = parseTree((await readTreeFiles(await call.tree())).files.filter(({ path }) => path.endsWith('domain.yaml')));
  const names = documents.flatMap(({ kind, id }) => (kind === 'domain' ? [id] : []));
  if (names.length > 0) return names;
  throw new UserError('missing', `${call.settings.folder} holds no domain`, 'Name the domains whose consumers you want: hanse pull --domain <name>,...');
}

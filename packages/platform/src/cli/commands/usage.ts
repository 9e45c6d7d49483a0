import { basename } from 'node:path';
import { dialects } from '@hanse/core/use/dialects.ts';
import { UserError } from '../../error.ts';
import type { Imported } from '../../services/usage/import-dbt.ts';
import type { LogColumns } from '../../services/usage/read-log.ts';
import type { Command, CommandCall } from '../command.ts';
import { choiceFlag, requiredFlag, requiredWord } from '../words.ts';
import { showJson } from './build.ts';

export const usageImportDbt: Command = {
  name: 'usage import dbt',
  summary: 'Brings what a dbt project of another domain uses, as evidence for change verdicts',
  usage: '<target folder> --consumer <domain>',
  example: 'hanse usage import dbt ../campaigns/target --consumer marketing',
  flags: { consumer: { type: 'string', help: 'The domain whose project it is' } },
  run: async (call) => {
    const { importDbt } = await import('../../services/usage/import-dbt.ts');
    const place = requiredWord(call, usageImportDbt, 0);
    const consumer = requiredFlag(call, usageImportDbt, 'consumer');
    return tell(call, await importDbt(await call.mesh(), { place, consumer, signal: call.signal }));
  },
};

export const usageImport: Command = {
  name: 'usage import',
  summary: 'Brings who used what by the query log of a database, as evidence for change verdicts',
  usage: '<log> [--dialect <dialect>] [--map <user>=<consumer>,...] [--without <user>,...]',
  example: 'hanse usage import query_history.csv --dialect snowflake --map LOOKER=marketing --without LOADER',
  flags: {
    dialect: { type: 'string', help: `How its statements are written: ${dialects.join(', ')}; postgres for PostgreSQL's own logs` },
    consumer: { type: 'string', help: 'Who ran all its statements' },
    map: { type: 'string', help: 'Which consumer a user of the database is, as etl=marketing,bi=finance' },
    without: { type: 'string', help: 'Users whose statements are no use, as those that load the tables, with commas between' },
    columns: { type: 'string', help: 'Columns of a CSV or JSON log, as sql=QUERY,user=WHO,time=AT,count=CALLS, where they have names of their own' },
    origin: { type: 'string', help: 'What the log is called; its file name where absent. The same log read again counts once' },
  },
  run: async (call) => tell(call, await fromLog(call, requiredWord(call, usageImport, 0))),
};

function tell(call: CommandCall, imported: Imported): number {
  if (showJson(call, imported)) return 0;
  const { isNew, uses, left, origin, consumers } = imported;
  const whose = `${consumers} ${consumers === 1 ? 'consumer' : 'consumers'}`;
  call.terminal.line(`${origin}: ${uses === 1 ? '1 use' : `${uses} uses`} of the mesh's tables by ${whose}${isNew ? '' : '; all of it was known already'}.`);
  if (uses === 0 && left === 0)
    call.terminal.warn(
      'none of its statements reads a table of the mesh that could be told',
      'Tables are known as <domain>.<table>, or by where their contracts’ servers say that they lie.',
    );
  if (left > 0) call.terminal.warn(`${left} uses are of tables of other domains and were left out`, 'Let a member of those domains import the same log.');
  return 0;
}

async function fromLog(call: CommandCall, place: string): Promise<Imported> {
  const [{ importLog }, { readLog, knownColumns }] = await Promise.all([
    import('../../services/usage/import-log.ts'),
    import('../../services/usage/read-log.ts'),
  ]);
  const isDatabase = /^postgres(?:ql)?:\/\//.test(place);
  const dialect = choiceFlag(call, 'dialect', dialects) ?? (isDatabase || /\.log$/i.test(place) ? 'postgres' : undefined);
  if (dialect === undefined)
    throw new UserError(
      'usage',
      `${place}: nothing says in which dialect its statements are written`,
      `Add --dialect <dialect>: one of ${dialects.join(', ')}.`,
    );
  const statements = isDatabase ? await call.statementLog(place) : readLog(place, columnsFlag(call, knownColumns));
  const consumers = consumersFlag(call);
  return importLog(await call.mesh(), {
    origin: typeof call.flags.origin === 'string' ? call.flags.origin : isDatabase ? databaseName(place) : basename(place),
    dialect,
    statements: (async function* () {
      yield* statements;
    })(),
    consumerOf: consumers,
    signal: call.signal,
  });
}

/** Without its user and password. */
function databaseName(connection: string): string {
  const url = URL.parse(connection);
  return url === null ? 'PostgreSQL' : `${url.host}${url.pathname}`;
}

function consumersFlag({ flags }: CommandCall): (user: string) => string | undefined {
  const mapped = pairs(flags.map, 'map');
  const without = new Set(typeof flags.without === 'string' ? flags.without.split(',') : []);
  return (user) => {
    if (without.has(user)) return undefined;
    if (typeof flags.consumer === 'string') return flags.consumer;
    return mapped.get(user) ?? (user === '' ? 'a user that the log does not name' : user);
  };
}

function columnsFlag({ flags }: CommandCall, known: LogColumns): LogColumns {
  const named = pairs(flags.columns, 'columns');
  const one = (name: keyof LogColumns) => {
    const column = named.get(name);
    return column === undefined ? known[name] : [column];
  };
  return { sql: one('sql'), user: one('user'), time: one('time'), count: one('count') };
}

function pairs(flag: unknown, name: string): ReadonlyMap<string, string> {
  const parts = typeof flag === 'string' ? flag.split(',').map((pair) => pair.split('=')) : [];
  const wrong = parts.find(([key = '', value = '']) => key === '' || value === '');
  if (wrong !== undefined)
    throw new UserError('usage', `--${name} has the part ${JSON.stringify(wrong.join('='))}`, `Write --${name} <name>=<value>,<name>=<value>.`);
  return new Map(parts.map(([key = '', ...rest]) => [key, rest.join('=')]));
}

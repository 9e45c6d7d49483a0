import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Command, Terminal } from '../command.ts';
import { paint } from '../terminal.ts';
import { requiredWord } from '../words.ts';
import { renderCheck, showJson } from './build.ts';

export const checks: Command = {
  name: 'checks',
  summary: 'What the rules of a table said of each published version, the newest first',
  usage: '<ref> [--rule <rule>] [--limit <count>]',
  example: 'hanse checks safety/bird-strikes --limit 5',
  flags: { rule: { type: 'string', help: 'One rule’s results alone' }, limit: { type: 'string', help: 'How many versions; 20 where absent' } },
  run: async (call) => {
    const { rule, limit } = call.flags;
    const answer = await (
      await call.mesh()
    ).checks({ ref: requiredWord(call, checks, 0), ...(typeof rule === 'string' && { rule }), ...(limit !== undefined && { limit }) });
    if (!showJson(call, answer))
      call.terminal.line([answer.ref, ...answer.versions.flatMap((version) => renderVersion(version, typeof rule === 'string', call.terminal))].join('\n'));
    return 0;
  },
};

function renderVersion({ at, snapshot, checks: all }: OperationOutput<'checks'>['versions'][number], every: boolean, terminal: Terminal): readonly string[] {
  const results = [...new Set(all.map(({ result }) => result))].map((result) => `${all.filter((one) => one.result === result).length} ${result}`);
  const notable = all.filter(({ result }) => every || (result !== 'pass' && result !== 'skip'));
  return [`${at} ${paint(terminal, 'dim', snapshot)} ${results.join(', ')}`, ...notable.flatMap((check) => renderCheck(check, terminal))];
}

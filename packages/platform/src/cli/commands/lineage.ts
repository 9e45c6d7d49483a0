import { UserError } from '../../error.ts';
import type { Command } from '../command.ts';
import { renderLineage } from '../render/lineage.ts';
import { mermaidOf } from '../render/lineage-mermaid.ts';
import { requiredWord } from '../words.ts';
import { showJson } from './build.ts';

const FORMATS = ['text', 'mermaid'] as const;

export const lineage: Command = {
  name: 'lineage',
  summary: 'Where a table or column comes from, what comes from it, and who reads it',
  usage: '<ref> [--column <name>] [--format text|mermaid]',
  example: 'hanse lineage operations/punctuality --column delay --format mermaid',
  flags: {
    column: { type: 'string', help: 'One column of the table' },
    format: { type: 'string', help: 'text, where absent, or mermaid: a picture that GitHub, GitLab and many wikis draw' },
  },
  run: async (call) => {
    const { column, format = 'text' } = call.flags;
    if (!FORMATS.some((one) => one === format)) throw new UserError('usage', `--format is ${String(format)}`, 'It is text or mermaid; --json gives JSON.');
    const answer = await (await call.mesh()).lineage({ ref: requiredWord(call, lineage, 0), ...(typeof column === 'string' && { column }) });
    if (!showJson(call, answer)) call.terminal.line(format === 'mermaid' ? mermaidOf(answer) : renderLineage(answer));
    return 0;
  },
};

import { options } from '../../config.ts';
import type { Command } from '../command.ts';
import { exitMeanings } from '../exits.ts';

const SHARED = Object.values(options).filter(({ flag }) => ['folder', 'env', 'storage', 'as', 'token', 'url'].includes(flag));
const EXITS = `Exit codes: ${Object.entries(exitMeanings)
  .map(([code, meaning]) => `${code} ${meaning}`)
  .join('; ')}.`;

/** What a command takes, as data: for tools, and for the text. */
export function describeCommand({ name, summary, usage, example, flags }: Command) {
  const own = Object.entries(flags).map(([flag, { type, help }]) => ({ flag: `--${flag}`, type, help }));
  const shared = SHARED.map(({ flag, env, help }) => ({ flag: `--${flag}`, type: 'string', help, env }));
  const json = { flag: '--json', type: 'boolean', help: 'One JSON document instead of text' };
  return { name, summary, usage: `hanse ${name} ${usage}`.trimEnd(), example, flags: [...own, json, ...shared], exits: exitMeanings };
}

export function renderCommand(command: Command): string {
  const { summary, usage, example, flags } = describeCommand(command);
  const rows = flags.map((row) => [row.type === 'string' ? `${row.flag} <value>` : row.flag, 'env' in row ? `${row.help} (${row.env})` : row.help] as const);
  return [summary, '', `Usage: ${usage}`, '', ...columns(rows), '', `Example: ${example}`, '', EXITS].join('\n');
}

export function renderCommands(commands: readonly Command[]): string {
  const rows = columns(commands.map(({ name, summary }) => [name, summary]));
  const begin = 'A new mesh: hanse init my-mesh. A command’s flags and an example: hanse <command> --help.';
  return ['Hanse makes promises between data teams real.', '', 'Usage: hanse <command> [--json] [--help]', '', ...rows, '', begin, EXITS].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

import { parseArgs } from 'node:util';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { UserError } from '../error.ts';
import { options } from '../config.ts';
import type { Command } from './command.ts';

const SHARED = Object.values(options).filter((option) => ['folder', 'storage', 'as', 'token', 'url'].includes(option.flag));

export interface ParsedCommand {
  readonly command: Command;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Finds the command that the arguments name and reads its flags; a usage error says which are known. */
export function parseCommand(commands: readonly Command[], args: readonly string[]): ParsedCommand | { readonly help: string } {
  const command = commands.toSorted((a, b) => b.name.length - a.name.length).find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (command === undefined) {
    const [first] = args;
    if (first === undefined || wantsHelp || first === 'help') return { help: listCommands(commands) };
    const names = commands.map(({ name }) => name);
    const below = names.filter((name) => name.startsWith(`${first} `));
    const hint = below.length > 0 ? `It is one of: ${below.join(', ')}.` : didYouMean(first, names, `Known: ${names.join(', ')}.`);
    throw new UserError('usage', `hanse ${args.slice(0, below.length > 0 ? 2 : 1).join(' ')}: no such command`, hint);
  }
  if (wantsHelp) return { help: describeCommand(command) };
  const parsed = readFlags(command, args.slice(command.name.split(' ').length));
  return { command, words: parsed.positionals, flags: { ...parsed.values } };
}

function readFlags(command: Command, args: readonly string[]) {
  const settings = Object.values(options).map((option) => [option.flag, { type: 'string' }] as const);
  const own = Object.entries(command.flags).map(([name, { type }]) => [name, { type }] as const);
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: Object.fromEntries([...settings, ...own, ['json', { type: 'boolean' }]]) });
  } catch (error) {
    throw new UserError('usage', `hanse ${command.name}: ${error instanceof Error ? error.message.split('. ')[0] : String(error)}`, `Usage: hanse ${command.name} ${command.usage}`);
  }
}

function listCommands(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Hanse makes promises between data teams real.', '', 'Usage: hanse <command> [--json] [--help]', '', ...rows, '', 'hanse <command> --help shows its flags and an example.'].join('\n');
}

function describeCommand(command: Command): string {
  const own = Object.entries(command.flags).map(([name, { help, type }]) => [`--${name}${type === 'string' ? ' <value>' : ''}`, help] as const);
  const shared = SHARED.map((option) => [`--${option.flag} <value>`, `${option.help} (${option.env})`] as const);
  const rows = [...own, ['--json', 'One JSON document instead of text'] as const, ...shared];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    command.summary,
    '',
    `Usage: hanse ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`),
    '',
    `Example: ${command.example}`,
  ].join('\n');
}

import { parseArgs } from 'node:util';
import { didYouMean, nearest } from '@hanse/core/document/did-you-mean.ts';
import { UserError } from '../error.ts';
import { options } from '../config.ts';
import type { Command } from './command.ts';

export interface ParsedCommand {
  readonly command: Command;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Finds the command that the arguments name and reads its flags; a usage error says which are known. */
export function parseCommand(commands: readonly Command[], given: readonly string[]): ParsedCommand | { readonly help: Command | 'all' } {
  const args = settingsLast(given);
  const command = commands.toSorted((a, b) => b.name.length - a.name.length).find(({ name }) => name.split(' ').every((word, index) => args[index] === word));
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (command === undefined) {
    if (wantsHelp || args[0] === undefined || args[0] === 'help' || args[0] === '--json') return { help: 'all' };
    throw noCommand(commands, args);
  }
  if (wantsHelp) return { help: command };
  const { positionals, values } = readFlags(command, args.slice(command.name.split(' ').length));
  const extra = positionals[wordsOf(command)];
  if (extra !== undefined)
    throw new UserError(
      'usage',
      `hanse ${command.name} takes no further word: ${JSON.stringify(extra)}`,
      `Usage: hanse ${command.name} ${command.usage}`.trimEnd() + '; what has spaces stands in quotes.',
    );
  return { command, words: positionals, flags: { ...values } };
}

const SETTINGS: ReadonlySet<string> = new Set(Object.values(options).map(({ flag }) => `--${flag}`));

/** Settings may stand before the command, as in `hanse --env dev plan`. */
function settingsLast(args: readonly string[]): readonly string[] {
  const [first = ''] = args;
  if (!SETTINGS.has(first.split('=')[0] ?? '')) return args;
  const size = first.includes('=') ? 1 : 2;
  return [...settingsLast(args.slice(size)), ...args.slice(0, size)];
}

function noCommand(commands: readonly Command[], [first = '', second = '']: readonly string[]): UserError {
  const names = commands.map(({ name }) => name);
  const below = names.filter((name) => name.startsWith(`${first} `));
  const meant = nearest(`${first} ${second}`, names) ?? nearest(first, names);
  const otherwise = below.length > 0 ? `It is one of: ${below.join(', ')}.` : `Known: ${names.join(', ')}.`;
  return new UserError(
    'usage',
    `hanse ${below.length > 0 ? `${first} ${second}`.trimEnd() : first}: no such command`,
    meant === undefined ? otherwise : `Did you mean \`hanse ${meant}\`?`,
  );
}

/** How many words a command takes: its usage has them before its flags. */
function wordsOf({ usage }: Command): number {
  const words = usage.split('--')[0] ?? '';
  return words.includes('...') ? Infinity : [...words.matchAll(/<[^>]+>/g)].length;
}

function readFlags(command: Command, args: readonly string[]) {
  const settings = Object.values(options).map((option) => [option.flag, { type: 'string' }] as const);
  const own = Object.entries(command.flags).map(([name, { type }]) => [name, { type }] as const);
  const known = [...own, ['json', { type: 'boolean' }] as const, ...settings];
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: Object.fromEntries(known) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
    const usage = `Usage: hanse ${command.name} ${command.usage}`.trimEnd();
    if (unknown !== undefined)
      throw new UserError(
        'usage',
        `hanse ${command.name} has no flag ${unknown}`,
        didYouMean(
          unknown,
          known.map(([name]) => `--${name}`),
          usage,
        ),
      );
    throw new UserError('usage', `hanse ${command.name}: ${message.split('. ')[0]}`, usage);
  }
}

import { expect, test } from 'vitest';
import { UserError } from '../error.ts';
import { commands } from './commands/all.ts';
import { describeCommand, renderCommand } from './render/help.ts';
import { parseCommand } from './run.ts';

function told(line: string): string {
  try {
    const parsed = parseCommand(commands, line.split(' '));
    return 'help' in parsed
      ? `help ${parsed.help === 'all' ? 'all' : parsed.help.name}`
      : `${parsed.command.name}: ${parsed.words.join(' | ')} ${JSON.stringify(parsed.flags)}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}. ${error.hint?.replace(/Known: .*/, 'Known: <all>')}`;
  }
}

test('a command line is read, or refused with what was meant', () => {
  const lines = [
    'build finance/churn --force',
    'access list --as ann',
    '--env dev --folder=mesh access list --as ann',
    'help',
    '--json',
    'build --help',
    'bulid',
    'acces list',
    'access',
    'access lst',
    'nonsense',
    'query select 1',
    'doctor now',
    'build --form x.csv',
    'build --from',
    'build --force=yes',
    'reads -x',
  ];
  expect(lines.map(told)).toMatchInlineSnapshot(`
    [
      "build: finance/churn {"force":true}",
      "access list:  {"as":"ann"}",
      "access list:  {"as":"ann","folder":"mesh","env":"dev"}",
      "help all",
      "help all",
      "help build",
      "hanse bulid: no such command. Did you mean \`hanse build\`?",
      "hanse acces: no such command. Did you mean \`hanse access list\`?",
      "hanse access: no such command. It is one of: access request, access approve, access reject, access revoke, access renew, access accept, access list.",
      "hanse access lst: no such command. Did you mean \`hanse access list\`?",
      "hanse nonsense: no such command. Known: <all>",
      "hanse query takes no further word: "1". Usage: hanse query "<select>" [--format table|json|jsonl|csv|parquet] [--out <file>] [--purpose <purpose>] [--at <time>]; what has spaces stands in quotes.",
      "hanse doctor takes no further word: "now". Usage: hanse doctor [--deep]; what has spaces stands in quotes.",
      "hanse build has no flag --form. Did you mean \`--from\`?",
      "hanse build: Option '--from <value>' argument missing. Usage: hanse build [<ref>] [--from <file>] [--force]",
      "hanse build: Option '--force' does not take an argument. Usage: hanse build [<ref>] [--from <file>] [--force]",
      "hanse reads has no flag -x. Usage: hanse reads [--limit <count>]",
    ]
  `);
});

test('every command says what it takes, as text and as data', () => {
  for (const command of commands) {
    const { flags, usage, exits } = describeCommand(command);
    const text = renderCommand(command);
    for (const part of [usage, command.example, ...flags.map(({ flag }) => flag), ...Object.values(exits)]) expect(text).toContain(part);
    expect(command.example).toMatch(new RegExp(`^hanse ${command.name}`));
    expect(told(command.example.replace('hanse ', '').replaceAll(/"[^"]*"/g, 'words')), command.name).toMatch(new RegExp(`^${command.name}: `));
  }
});

import packageFile from '../package.json' with { type: 'json' };
import type { Command } from './cli/command.ts';
import { commands } from './cli/commands/all.ts';
import { exits } from './cli/exits.ts';
import { describeCommand, renderCommand, renderCommands } from './cli/render/help.ts';
import { parseCommand } from './cli/run.ts';
import { shown } from './cli/shown.ts';
import { createTerminal } from './cli/terminal.ts';
import { ExternalError, UserError, userErrors } from './error.ts';

/** The command line: reads the arguments and runs one command, whose modules are loaded then. Returns the exit code. */
export async function main(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  let unable: number | undefined;
  const terminal = createTerminal(args.includes('--json'));
  try {
    if (args[0] === '--version') {
      terminal.line(packageFile.version);
      return exits.done;
    }
    const parsed = parseCommand(commands, args);
    if ('help' in parsed) {
      terminal.line(helpText(parsed.help, terminal.json));
      return exits.done;
    }
    const surroundings = { environment, terminal, version: packageFile.version };
    const alone = parsed.command.alone?.(parsed.words);
    if (alone !== undefined) {
      // Its 1 says that data is bad.
      unable = exits.usage;
      return await (await import('./run-alone.ts')).runAlone(alone, parsed, surroundings);
    }
    const { runCommand } = await import('./run-command.ts');
    return await runCommand(parsed, surroundings);
  } catch (error) {
    const exit = tell(error, args.includes('--json'));
    return exit === exits.bug ? exit : (unable ?? exit);
  }
}

function helpText(about: Command | 'all', json: boolean): string {
  if (about === 'all') return json ? JSON.stringify({ commands: commands.map(describeCommand) }) : renderCommands(commands);
  return json ? JSON.stringify(describeCommand(about)) : renderCommand(about);
}

function tell(error: unknown, json: boolean): number {
  const { code, message, hint, exit } = describeFailure(error);
  if (json) console.log(JSON.stringify({ error: { code, message, ...(hint !== undefined && { hint }) } }));
  else console.error(shown(`error: ${message}${hint === undefined ? '' : `\n  ${hint}`}`));
  if (code === 'internal') console.error(error);
  return exit;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly exit: number;
}

function describeFailure(error: unknown): Failure {
  if (error instanceof UserError) return { code: error.code, message: error.message, hint: error.hint, exit: userErrors[error.code].exit };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ExternalError) return { code: 'external', message, hint: error.hint, exit: exits.refused };
  // The system's own refusals, as of a file that may not be read.
  if (error instanceof Error && 'syscall' in error) return { code: 'external', message, exit: exits.refused };
  return {
    code: 'internal',
    message: `this is a bug of Hanse: ${message}`,
    hint: 'Please report it with the command that you ran and the stack on standard error.',
    exit: exits.bug,
  };
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env);

import packageFile from '../package.json' with { type: 'json' };
import { commands } from './cli/commands/all.ts';
import { parseCommand } from './cli/run.ts';
import { createTerminal } from './cli/terminal.ts';
import { ExternalError, UserError, userErrors } from './error.ts';

const EXTERNAL_EXIT = 1;
/** Of a command whose 1 says that data is bad. */
const UNABLE_EXIT = 2;

/** The command line: reads the arguments and runs one command, whose modules are loaded then. Returns the exit code. */
export async function main(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  let unable: number | undefined;
  const terminal = createTerminal(args.includes('--json'));
  try {
    if (args[0] === '--version') {
      terminal.line(packageFile.version);
      return 0;
    }
    const parsed = parseCommand(commands, args);
    if ('help' in parsed) {
      terminal.line(parsed.help);
      return 0;
    }
    const surroundings = { environment, terminal, version: packageFile.version };
    const alone = parsed.command.alone?.(parsed.words);
    if (alone !== undefined) {
      unable = UNABLE_EXIT;
      return await (await import('./run-alone.ts')).runAlone(alone, parsed, surroundings);
    }
    const { runCommand } = await import('./run-command.ts');
    return await runCommand(parsed, surroundings);
  } catch (error) {
    const exit = tell(error, args.includes('--json'));
    return unable ?? exit;
  }
}

function tell(error: unknown, json: boolean): number {
  const hint = error instanceof UserError || error instanceof ExternalError ? error.hint : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof UserError || error instanceof ExternalError;
  if (json) console.log(JSON.stringify({ error: { code: error instanceof UserError ? error.code : 'external', message, ...(hint !== undefined && { hint }) } }));
  else console.error(known ? `error: ${message}${hint === undefined ? '' : `\n  ${hint}`}` : error);
  return error instanceof UserError ? userErrors[error.code].exit : EXTERNAL_EXIT;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env);

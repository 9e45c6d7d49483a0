import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckAnswer, RunAnswer } from '@hanse/core/api/shapes.ts';
import type { Command, CommandCall, Terminal } from '../command.ts';
import { UserError } from '../../error.ts';
import { tellUnapplied, whatToDoFirst } from '../next-step.ts';
import { paint } from '../terminal.ts';

export const build: Command = {
  name: 'build',
  summary: 'Builds, checks and publishes products',
  usage: '[<ref>] [--from <file>] [--force]',
  example: 'hanse build finance/churn',
  flags: {
    from: { type: 'string', help: 'A delivered file for one port, instead of its SQL' },
    force: { type: 'boolean', help: 'Builds also what has not changed' },
  },
  run: async (call) => {
    const [ref] = call.words;
    const { from } = call.flags;
    if (typeof from === 'string') await refuseAbsent(from);
    await tellUnapplied(call, ref);
    const { runs } = await (
      await call.mesh()
    ).build(
      { ...(ref !== undefined && { ref }), ...(typeof from === 'string' && { from: resolve(from) }), force: call.flags.force === true },
      { signal: call.signal, progress: call.terminal.progress },
    );
    if (call.terminal.json) call.terminal.line(JSON.stringify({ runs }));
    else if (runs.length === 0) call.terminal.line(`Nothing to build: the mesh has no tables. ${await whatToDoFirst(call)}`);
    else for (const run of runs) call.terminal.line(renderRun(run, call.terminal));
    return runs.every((run) => run.outcome === 'published' || run.outcome === 'unchanged') ? 0 : 1;
  },
};

/** Before any work; a pattern that names several files is the source's to read. */
async function refuseAbsent(from: string): Promise<void> {
  if (/[*?[\]{}]/.test(from)) return;
  const known = await stat(from).catch(() => undefined);
  if (known === undefined)
    throw new UserError('missing', `--from ${from}: there is no such file in ${process.cwd()}`, 'Name the delivered file: a CSV, JSON or Parquet file.');
  if (!known.isFile()) throw new UserError('invalid', `--from ${from} is no file`, 'Name the delivered file, or several as folder/*.csv.');
}

const STYLE = { running: 'dim', published: 'good', unchanged: 'dim', blocked: 'bad', failed: 'bad', waiting: 'warn' } as const;

export function renderRun(run: RunAnswer, terminal: Terminal): string {
  const took = run.outcome === 'published' ? ` in ${(run.durationMs / 1000).toFixed(1)} s` : '';
  const message = run.message.replace(`${run.ref}: `, '');
  const head = `${paint(terminal, STYLE[run.outcome], run.outcome.padEnd(9))} ${run.ref}${took}: ${message}`;
  return [head, ...run.checks.filter(isNotable).flatMap((check) => renderCheck(check, terminal))].join('\n');
}

export function renderChecks(ref: string, checks: readonly CheckAnswer[], terminal: Terminal): string {
  const count = (result: CheckAnswer['result']) => checks.filter((check) => check.result === result).length;
  const head = `${ref}: ${count('pass')} pass, ${count('fail')} fail, ${count('warn')} warn, ${count('error')} error, ${count('skip')} skip`;
  return [head, ...checks.filter(isNotable).flatMap((check) => renderCheck(check, terminal))].join('\n');
}

function isNotable(check: CheckAnswer): boolean {
  return check.result === 'fail' || check.result === 'warn' || check.result === 'error';
}

export function renderCheck(check: CheckAnswer, terminal: Terminal): readonly string[] {
  const style = { pass: 'good', skip: 'dim', warn: 'warn', fail: 'bad', error: 'bad' } as const;
  const rows = check.sample.slice(0, 3).map((row) => `      ${JSON.stringify(row)}`);
  return [`    ${paint(terminal, style[check.result], check.result)} ${check.message} [${check.rule}]`, ...rows];
}

export function showJson(call: CommandCall, value: unknown): boolean {
  if (call.terminal.json) call.terminal.line(JSON.stringify(value));
  return call.terminal.json;
}

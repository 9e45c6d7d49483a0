import type { CollectionAnswer, DoctorAnswer } from '@hanse/core/api/shapes.ts';
import type { Command, Terminal } from '../command.ts';
import { paint } from '../terminal.ts';
import { showJson } from './build.ts';

export const collect: Command = {
  name: 'collect',
  summary: 'Removes what no published table needs any more',
  usage: '[--grace <hours>] [--dry-run]',
  example: 'hanse collect --dry-run',
  flags: {
    grace: { type: 'string', help: 'Hours that a file nothing needs is kept before it is marked, and again before it is removed; 24 where absent' },
    'dry-run': { type: 'boolean', help: 'Says what would be done, and does nothing' },
  },
  run: async (call) => {
    const { grace, 'dry-run': dryRun } = call.flags;
    const answer = await (
      await call.mesh()
    ).collect({ ...(grace !== undefined && { graceHours: grace }), dryRun: dryRun === true }, { signal: call.signal, progress: call.terminal.progress });
    if (!showJson(call, answer)) call.terminal.line(renderCollection(answer));
    return 0;
  },
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'Says what is in force on this machine, and what is wrong with it',
  usage: '[--deep]',
  example: 'hanse doctor --deep',
  flags: { deep: { type: 'boolean', help: 'Reads every sealed file and walks both logs' } },
  run: async (call) => {
    const answer = await (await call.mesh()).doctor({ deep: call.flags.deep === true }, { signal: call.signal, progress: call.terminal.progress });
    if (!showJson(call, answer)) call.terminal.line(renderExamination(answer, call.terminal));
    return answer.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
};

export function renderCollection(answer: CollectionAnswer): string {
  const removed = answer.dryRun ? 'would be removed' : 'removed';
  const rows = [
    [answer.filesRemoved, `files ${removed} (${(answer.bytesRemoved / 2 ** 20).toFixed(1)} MB)`],
    [answer.filesMarked, `files ${answer.dryRun ? 'would be marked' : 'marked'}: nothing needs them`],
    [answer.filesWaiting, 'marked files wait for their grace'],
    [answer.snapshotsExpired, `snapshots ${answer.dryRun ? 'would be expired' : 'expired'}`],
    [answer.runsRemoved, `runs ${removed} from the list`],
    [answer.incidentsRemoved, `closed incidents ${removed} from the list`],
    [answer.readsForgotten, `reads ${answer.dryRun ? 'would be forgotten' : 'forgotten'}: who used what stays known`],
    [answer.runsLost, 'runs were lost with their process'],
    [answer.stagedRemoved, 'staged files removed'],
  ] as const;
  const told = rows.filter(([count]) => count > 0);
  if (told.length === 0) return 'Nothing to collect.';
  return told.map(([count, text]) => `${String(count).padStart(6)} ${text}`).join('\n');
}

const STYLE = { error: 'bad', warning: 'warn', info: 'dim' } as const;

export function renderExamination({ facts, findings }: DoctorAnswer, terminal: Terminal): string {
  const width = Math.max(...facts.map(({ name }) => name.length));
  const said = findings.map(
    ({ severity, message, hint }) => `${paint(terminal, STYLE[severity], severity)} ${message}${hint === undefined ? '' : `\n  ${hint}`}`,
  );
  return [...facts.map(({ name, value }) => `${name.padEnd(width)}  ${value}`), '', ...(said.length === 0 ? ['Nothing is wrong.'] : said)].join('\n');
}

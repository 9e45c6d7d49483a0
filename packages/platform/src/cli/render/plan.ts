import type { EffectAnswer, FindingAnswer, Plan, Revisions, Step } from '@hanse/core/api/shapes.ts';
import type { Terminal } from '../command.ts';
import { paint } from '../terminal.ts';

const MARK = { create: '+', change: '~', remove: '-' } as const;
const STYLE = { create: 'good', change: 'warn', remove: 'bad' } as const;
const VERDICT = { breaks: 'bad', safe: 'good', unknown: 'warn', accepted: 'good' } as const;

export function renderPlan(plan: Plan, terminal: Terminal): string {
  const findings = plan.findings.map((finding) => renderFinding(finding, terminal));
  const steps = plan.steps.flatMap((step) => renderStep(step, terminal));
  return [...(plan.revisions === undefined ? [] : [comparedText(plan.revisions)]), ...findings, ...steps, summary(plan)].join('\n');
}

/** What was compared: a branch that went on since is not what a change is held against. */
function comparedText({ base, head }: Revisions): string {
  const commit = (id: string) => id.slice(0, 10);
  const against = `${base.revision} (${commit(base.commit)}${base.isMergeBase ? ', where they parted' : ''})`;
  return `${head === null ? 'This folder' : `${head.revision} (${commit(head.commit)})`} compared with ${against}:`;
}

export function renderFinding(finding: FindingAnswer, terminal: Terminal): string {
  const where = finding.at === undefined ? (finding.ref ?? '') : `${finding.at.file}:${finding.at.line}:${finding.at.column}`;
  const style = finding.severity === 'error' ? 'bad' : finding.severity === 'warning' ? 'warn' : 'dim';
  const head = `${paint(terminal, style, finding.severity)} ${where === '' ? '' : `${where}: `}${finding.message} ${paint(terminal, 'dim', `[${finding.code}]`)}`;
  return finding.hint === undefined ? head : `${head}\n  ${finding.hint}`;
}

function renderStep(step: Step, terminal: Terminal): readonly string[] {
  const head = `${paint(terminal, STYLE[step.op], MARK[step.op])} ${step.kind} ${step.ref}${step.why === '' ? '' : `: ${step.why}`}`;
  // Whether a build's SELECT still fits is said by findings; who delivers from outside learns it here.
  const told = step.effects.filter(({ side, verdict }) => side === 'reader' || verdict === 'breaks');
  return [head, ...told.map((effect) => renderEffect(effect, terminal))];
}

function renderEffect(effect: EffectAnswer, terminal: Terminal): string {
  const { consumer, side, verdict, change, evidence, agreement, noticeDays, noticeEnds, toDo, accepted } = effect;
  const head = `    ${paint(terminal, VERDICT[verdict], verdict)} ${side === 'writer' ? `writer ${consumer}` : consumer}: ${change} (${evidence}).`;
  if (accepted !== null) return `${head} Accepted by ${accepted.by} on ${accepted.at.slice(0, 10)}${accepted.reason === '' ? '' : `: ${accepted.reason}`}.`;
  const before = noticeEnds === null ? '' : `: not before ${noticeEnds}`;
  const notice =
    (verdict === 'breaks' || noticeEnds !== null) && noticeDays !== null ? ` Its agreement ${agreement} gives ${noticeDays} days' notice${before}.` : '';
  return `${head}${notice}${toDo === 'Nothing.' ? '' : ` ${toDo}`}`;
}

function summary(plan: Plan): string {
  if (plan.findings.some((finding) => finding.severity === 'error')) return 'The documents have errors: nothing can be applied.';
  if (plan.steps.length === 0) return plan.revisions === undefined ? 'No changes: the mesh is as the documents say.' : 'No changes.';
  const count = (op: Step['op']) => plan.steps.filter((step) => step.op === op).length;
  const counts = `${count('create')} to create, ${count('change')} to change, ${count('remove')} to remove`;
  const verdict = {
    nothing: 'nobody is touched',
    safe: 'nobody breaks',
    breaks: 'consumers break',
    accepted: 'whom it breaks has accepted it',
    unknown: 'some uses are unknown',
  }[plan.verdict];
  return `${counts}; ${verdict}.`;
}

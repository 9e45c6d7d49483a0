import type { ChangeAnswer, FindingAnswer, Plan, Step } from '../api/shapes.ts';
import { daysBetween } from '../change/notice.ts';
import { outcomeOf } from '../plan/plan-outcome.ts';
import { block, code, details, evidenceText, prose, row, shorten } from './markdown.ts';
import { type ConsumerReport, consumersOf, countVerdicts, headline, type PlanReport } from './plan-report.ts';
import { createRoom, type Room } from './room.ts';
import { shellWord } from './shell-word.ts';

/** GitHub refuses a comment of more than 65,536 characters; some are left for what CI adds. */
const MOST = 65_000;

/**
 * A plan as a comment on a pull request: the verdict, whom it breaks and what they do, what to do about it, then all details. Nothing
 * that a document says becomes a link, a mention or markup. What does not fit is counted. The first line finds the comment again.
 */
export function formatPlanMarkdown(report: PlanReport): string {
  const { plan } = report;
  const room = createRoom(MOST);
  const foot = footer(plan);
  room.take(foot);
  const parts = [
    room.take(`${marker(plan)}\n## ${icon(plan)} ${headline(plan)}\n\n${summary(plan)}`),
    ...(outcomeOf(plan) === 'wrong' ? [findingTable(plan.findings, room)] : []),
    consumerTable(report, room),
    room.take(nextSteps(plan)),
    versionList(plan, room),
    ...(outcomeOf(plan) === 'wrong' ? [] : [findingTable(plan.findings, room)]),
    migrations(plan, room),
    changeDetails(plan, room),
    safeList(plan, room),
  ];
  return `${[...parts, foot].filter((part) => part !== '').join('\n\n')}\n`;
}

/** One comment for each repository of a pull request: an HTML comment, which no page shows. */
function marker({ home }: Plan): string {
  return `<!-- hanse-plan ${home.replaceAll(/[^A-Za-z0-9._]/g, '_').slice(0, 100)} -->`;
}

function icon(plan: Plan): string {
  const { unknown, breaks, accepted } = countVerdicts(plan);
  const outcome = outcomeOf(plan);
  if (outcome === 'wrong' || outcome === 'breaks') return '❌';
  if (outcome === 'unknown') return '❔';
  return breaks + unknown > 0 ? '⚠️' : accepted > 0 ? '🤝' : '✅';
}

function summary(plan: Plan): string {
  const { breaks, unknown, accepted, safe } = countVerdicts(plan);
  const counted = [
    [breaks, 'broken'],
    [unknown, 'unknown'],
    [accepted, 'accepted'],
    [safe, 'safe'],
  ] as const;
  const told = counted.filter(([count]) => count > 0).map(([count, verdict]) => `**${count}** ${verdict}`);
  const ops = (['create', 'change', 'remove'] as const).map((op) => [plan.steps.filter((step) => step.op === op).length, op] as const);
  const documents = ops.filter(([count]) => count > 0).map(([count, op]) => `${count} to ${op}`);
  if (plan.steps.length === 0) return 'The documents say what is in force already.';
  return [...(told.length > 0 ? [`Consumers: ${told.join(' · ')}.`] : []), `Documents: ${documents.join(' · ')}.`].join(' ');
}

const VERDICTS = { breaks: '❌ breaks', unknown: '❔ unknown', accepted: '🤝 accepted', safe: '✅ safe' } as const;

function consumerTable({ plan, at }: PlanReport, room: Room): string {
  const touched = consumersOf(plan).filter(({ verdict }) => verdict !== 'safe');
  if (touched.length === 0) return '';
  const head = [row(['Consumer', 'Verdict', 'What changes for it', 'Known from', 'Notice', 'What to do']), row(['---', '---', '---', '---', '---', '---'])];
  return room.hold(
    touched.map((consumer) => consumerRow(consumer, at)),
    { share: 0.5, rest: (left) => `\n\n… and ${left} more: \`hanse plan\` names them all.`, head: head.join('\n') },
  );
}

/** Of many changes only the first few are told in the table. */
const FEW = 5;

function consumerRow({ consumer, table, verdict, effects }: ConsumerReport, now: string): string {
  const told = effects.filter((effect) => effect.verdict !== 'safe');
  const each = (text: (effect: (typeof told)[number]) => string) => {
    const texts = [...new Set(told.map(text))].filter((one) => one !== '');
    return texts.length > FEW ? [...texts.slice(0, FEW), `… and ${texts.length - FEW} more`].join('<br>') : texts.join('<br>');
  };
  return row([
    `${code(consumer)}${table === null ? '' : `<br>reads ${code(table)}`}`,
    VERDICTS[verdict],
    each(({ change, column, verdict: own }) => `${own === verdict ? '' : `${VERDICTS[own]}: `}${prose(change, named(column))}`),
    each(({ evidence, seenAt }) => `${evidenceText(evidence)}${seenAt === null ? '' : `<br>seen ${age(seenAt, now)}`}`),
    each(noticeText) || '—',
    each(({ toDo, column, accepted }) => (accepted === null ? prose(toDo, named(column)) : acceptedText(accepted))),
  ]);
}

function named(column: string | null): readonly string[] {
  return column === null ? [] : [column];
}

function noticeText({ noticeDays, noticeEnds, agreement }: Step['effects'][number]): string {
  if (noticeDays === null) return '';
  const days = noticeDays === 1 ? '1 day' : `${noticeDays} days`;
  return `${days}${noticeEnds === null ? '' : `, not before **${prose(noticeEnds)}**`}${agreement === null ? '' : `<br>${code(agreement)}`}`;
}

function acceptedText({ by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string }): string {
  return `Accepted by ${code(by)} on ${prose(at.slice(0, 10))}${reason === '' ? '' : `: ${prose(reason)}`}`;
}

function age(seenAt: string, now: string): string {
  const days = daysBetween(seenAt, now);
  const told = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
  return `${prose(seenAt.slice(0, 10))}, ${told}`;
}

/** Longer ones stand below alone, where nothing cuts them. */
const COMMAND = 200;

/** What the author can do: keep the promise, wait, ask, or go ahead on record. */
function nextSteps(plan: Plan): string {
  const due = consumersOf(plan).flatMap(({ effects }) => effects.filter(({ verdict }) => verdict === 'breaks' || verdict === 'unknown'));
  if (due.length === 0 || outcomeOf(plan) === 'wrong') return '';
  const major = plan.steps.find(({ version }) => version?.raises === 'major')?.version;
  const until = due
    .flatMap(({ noticeEnds }) => noticeEnds ?? [])
    .toSorted()
    .at(-1);
  const asked = due.find(({ agreement, key }) => agreement !== null && agreement.length + key.length < COMMAND);
  const serve = major === undefined || major === null ? 'Publish a new major version' : `Publish ${code(major.proposed)} in a file of its own`;
  const isGuess = due.some(({ agreement, verdict }) => agreement === null && verdict === 'unknown');
  const choices = [
    `${serve} and serve the former one beside it, deprecated${until === undefined ? '' : `, until **${prose(until)}**`}: nobody breaks.`,
    ...(asked === undefined
      ? []
      : [`Let the consumer say yes: ${code(`hanse access accept ${word(asked.agreement ?? '')} --change ${asked.key}`)} (the keys of all changes are below).`]),
    ...(isGuess ? [`Find out who reads it: ${code('hanse pull')}, from a mesh that you may ask, writes ${code('consumers.lock.yaml')}.`] : []),
    `Go ahead on record: ${code('hanse apply --break --reason <why>')} logs who did it, why, and whom it broke.`,
  ];
  return `**What now?**\n${choices.map((choice) => `- ${choice}`).join('\n')}`;
}

function versionList({ steps }: Plan, room: Room): string {
  const told = steps.flatMap(({ ref, version }) => (version === null || version.raises === 'patch' ? [] : [{ ref: ref.replace(/ [^ ]*$/, ''), version }]));
  const lines = told.map(({ ref, version: { before, after, proposed, raises, enough } }) =>
    enough
      ? `- ${code(ref)} ${code(before)} → ${code(after)} says enough for a ${raises} change ✅`
      : `- ${code(ref)} ${code(before)} → ${code(after)} says too little: a ${raises} change wants **${code(proposed)}**`,
  );
  return lines.length === 0 ? '' : room.hold(lines, { share: 0.2, rest: (left) => `\n- … and ${left} more.`, head: '**Version**' });
}

const SEVERITIES = { error: '❌', warning: '⚠️', info: 'ℹ️' } as const;

function findingTable(findings: readonly FindingAnswer[], room: Room): string {
  if (findings.length === 0) return '';
  const order = ['error', 'warning', 'info'] as const;
  const rows = findings
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(({ severity, at, ref, message, hint, code: name }) =>
      row([
        SEVERITIES[severity],
        at === undefined ? (ref === undefined ? '' : code(ref)) : code(`${at.file}:${at.line}`),
        `${prose(message)}${hint === undefined ? '' : `<br>${prose(hint)}`}`,
        code(name),
      ]),
    );
  const table = room.hold(rows, {
    share: 0.3,
    rest: (left) => `\n\n… and ${left} more.`,
    head: [row(['', 'Where', 'What', 'Code']), row(['---', '---', '---', '---'])].join('\n'),
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const title = errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  return errors > 0 ? `**${title}**\n\n${table}` : details(title, table);
}

function migrations({ steps }: Plan, room: Room): string {
  const all = steps.flatMap((step) => step.migrations);
  const alike = [...Map.groupBy(all, ({ sql, by }) => JSON.stringify([sql, by])).values()];
  const parts = alike.flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const names = [...new Set([first, ...rest].map(({ consumer }) => code(consumer)))];
    const whom = names.length > FEW ? `${names.slice(0, FEW).join(', ')} and ${names.length - FEW} more` : names.join(', ');
    return [`**${whom}**${first.by === null ? '' : `, by **${prose(first.by)}**`}:\n\n${block('sql', first.sql)}`];
  });
  const text = room.hold(parts, { share: 0.5, rest: (left) => `\n\n… and ${left} more.`, between: '\n\n' });
  return text === '' ? '' : details('How each consumer keeps what it read', `These read what is new in the shape of what was.\n\n${text}`);
}

/** The most documents that are looked at, and the most characters about one. */
const STEPS = 200;
const STEP_ROOM = 16_000;

function changeDetails({ steps }: Plan, room: Room): string {
  const changed = steps.filter(({ changes, effects }) => changes.length > 0 || effects.some(({ side }) => side === 'writer'));
  const rest = (left: number) => `\n\n… and ${left + Math.max(0, changed.length - STEPS)} more documents: \`hanse plan\` tells them all.`;
  const parts = changed.slice(0, STEPS).map(stepDetails);
  const text = room.hold(parts, { share: 0.9, rest, between: '\n\n' });
  return changed.length > STEPS && !text.includes('… and ') ? `${text}${rest(0)}` : text;
}

function stepDetails(step: Step): string {
  const room = createRoom(STEP_ROOM);
  const head = [row(['Change', 'Readers', 'Writers', 'Where']), row(['---', ':-:', ':-:', '---'])].join('\n');
  const table = room.hold(step.changes.map(changeRow), { share: 0.6, rest: (left) => `\n\n… and ${left} more.`, head });
  const parts = [table, diff(step.changes, room), writers(step, room), keys(step, room)].filter((part) => part !== '');
  return details(`What changes in ${code(step.ref)} (${step.changes.length})`, parts.join('\n\n'));
}

function changeRow({ message, column, readers, writers: breaksWriters, at, kind }: ChangeAnswer): string {
  const mark = (breaks: boolean) => (breaks ? '❌' : '—');
  return row([`${prose(message, named(column))}<br>${code(kind)}`, mark(readers), mark(breaksWriters), at === null ? '' : code(`${at.file}:${at.line}`)]);
}

function diff(changes: readonly ChangeAnswer[], room: Room): string {
  const told = changes.filter(({ before, after }) => before !== null || after !== null);
  const lines = told.flatMap(({ column, kind, before, after }) => {
    const subject = (text: string): string => line(kind === 'column-renamed' || column === null ? text : `${column}: ${text}`);
    return [...(before === null ? [] : [`- ${subject(before)}`]), ...(after === null ? [] : [`+ ${subject(after)}`])];
  });
  if (lines.length === 0) return '';
  const text = block('diff', lines.slice(0, 200).join('\n') + (lines.length > 200 ? `\n# and ${lines.length - 200} more lines` : ''));
  return room.take(text);
}

function line(text: string): string {
  return shorten(text.replaceAll(/\s+/gu, ' '), 200);
}

function writers({ effects }: Step, room: Room): string {
  const own = effects.filter(({ side }) => side === 'writer');
  const lines = own.map(({ consumer, change, column, evidence }) => `- ${code(consumer)} (${evidenceText(evidence)}): ${prose(change, named(column))}`);
  return lines.length === 0 ? '' : room.hold(lines, { share: 0.3, rest: (left) => `\n- … and ${left} more.`, head: '**Whoever writes it must follow**' });
}

const COMMANDS = 50;

function keys({ effects }: Step, room: Room): string {
  const due = effects.filter(({ side, verdict, agreement }) => side === 'reader' && agreement !== null && (verdict === 'breaks' || verdict === 'unknown'));
  const lines = [...new Set(due.map(({ agreement, key }) => `hanse access accept ${word(agreement ?? '')} --change ${key} --reason "..."`))];
  if (lines.length === 0) return '';
  const text = `**To accept for a consumer**\n\n${block('sh', [...lines.slice(0, COMMANDS), ...(lines.length > COMMANDS ? [`# and ${lines.length - COMMANDS} more`] : [])].join('\n'))}`;
  return room.take(text) || 'The commands to accept are longer than a comment: `hanse plan --format json` has the key of each change.';
}

/** A command stays one line. */
function word(text: string): string {
  return shellWord(text.replaceAll(/\s+/gu, ' '));
}

function safeList(plan: Plan, room: Room): string {
  const rows = consumersOf(plan)
    .filter(({ verdict }) => verdict === 'safe')
    .map(
      ({ consumer, table, effects: [first] }) => `- ${code(consumer)}${table === null ? '' : ` reads ${code(table)}`}: ${evidenceText(first?.evidence ?? '')}`,
    );
  return rows.length === 0
    ? ''
    : details(
        `Safe: ${rows.length} ${rows.length === 1 ? 'consumer reads' : 'consumers read'} nothing of what breaks`,
        room.hold(rows, { share: 0.8, rest: (left) => `\n- … and ${left} more.` }),
      );
}

function footer({ revisions, base }: Plan): string {
  const against = revisions === undefined ? `the mesh at log number ${base}` : `${code(revisions.base.revision)} (${code(revisions.base.commit.slice(0, 12))})`;
  return `<sub>Compared with ${against}. The same here: ${code(revisions === undefined ? 'hanse plan' : `hanse plan --base ${revisions.base.revision}`)}. *Safe* is said on evidence alone; what nobody can tell is *unknown*.</sub>`;
}

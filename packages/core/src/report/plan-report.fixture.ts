import type { ChangeAnswer, EffectAnswer, FindingAnswer, Plan, Step } from '../api/shapes.ts';
import type { PlanReport } from './plan-report.ts';

const at = { file: 'finance/churn/metrics.odcs.yaml', line: 12, column: 9 };

export const effect: EffectAnswer = {
  consumer: 'marketing/spend',
  side: 'reader',
  verdict: 'breaks',
  kind: 'column-renamed',
  change: 'column amount is renamed to total',
  key: 'column-renamed:metrics:amount=total',
  table: 'finance/churn:metrics',
  column: 'amount',
  evidence: 'marketing/spend/spend.sql',
  seenAt: null,
  agreement: 'a2',
  noticeDays: 30,
  noticeEnds: '2026-07-01',
  toDo: 'Read total in place of amount.',
  accepted: null,
  level: 'block',
};

const change: ChangeAnswer = {
  kind: 'column-renamed',
  message: effect.change,
  readers: true,
  writers: true,
  object: 'metrics',
  column: 'amount',
  before: 'amount',
  after: 'total',
  at,
};

export const step: Step = {
  op: 'change',
  kind: 'contract',
  id: 'metrics@1',
  ref: 'finance/metrics 1.1.0',
  path: at.file,
  why: effect.change,
  expect: 3,
  effects: [effect],
  changes: [change],
  version: { before: '1.0.0', after: '1.1.0', proposed: '2.0.0', raises: 'major', enough: false },
  migrations: [{ consumer: effect.consumer, table: 'finance.metrics', by: '2026-07-01', sql: 'SELECT\n  total AS amount\nFROM finance.metrics' }],
  body: {},
};

export function reportOf(plan: Partial<Plan>): PlanReport {
  const whole: Plan = { home: 'here', base: 7, verdict: 'breaks', steps: [], findings: [], seal: '', ...plan };
  return { plan: whole, at: '2026-06-01T12:00:00.000Z', version: '1.2.3' };
}

const safe: EffectAnswer = {
  ...effect,
  consumer: 'mia',
  verdict: 'safe',
  evidence: '3 reads on record, the last on 2026-05-30, of customer',
  toDo: 'Nothing.',
};
const unknown: EffectAnswer = {
  ...effect,
  consumer: 'max',
  verdict: 'unknown',
  seenAt: '2026-05-22T08:00:00Z',
  evidence: 'max.sql, whose columns cannot be told',
};
const accepted: EffectAnswer = { ...effect, verdict: 'accepted', accepted: { by: 'max', at: '2026-05-30T09:00:00Z', reason: 'we move in June' } };
const writer: EffectAnswer = {
  ...effect,
  side: 'writer',
  verdict: 'unknown',
  consumer: 'finance/churn',
  evidence: 'finance/churn/metrics.sql, judged when it next runs',
};
const finding: FindingAnswer = {
  code: 'change.version',
  severity: 'warning',
  ref: 'finance/metrics',
  at,
  message: 'version 1.1.0 says too little',
  hint: 'Write `version: 2.0.0`.',
};

/** A plan of each kind that a comment tells apart. */
export const plans: Readonly<Record<string, PlanReport>> = {
  nothing: reportOf({ verdict: 'nothing' }),
  safe: reportOf({ verdict: 'safe', steps: [{ ...step, effects: [safe], migrations: [], version: null }] }),
  breaks: reportOf({
    steps: [
      {
        ...step,
        effects: [effect, { ...effect, consumer: 'mia', agreement: 'a1', noticeDays: 90, noticeEnds: '2026-08-30', seenAt: '2026-05-31T08:00:00Z' }, writer],
      },
    ],
    findings: [finding],
  }),
  unknown: reportOf({ verdict: 'unknown', steps: [{ ...step, effects: [unknown, { ...safe }] }] }),
  accepted: reportOf({ verdict: 'accepted', steps: [{ ...step, effects: [accepted] }] }),
  observed: reportOf({ steps: [{ ...step, effects: [{ ...effect, level: 'observe' }] }] }),
  wrong: reportOf({
    steps: [step],
    findings: [
      { ...finding, severity: 'error' },
      { code: 'plan.domain-absent', severity: 'info', message: 'nothing of it is removed' },
    ],
  }),
};

/** What a document may say, so that whoever reads the report goes astray. */
export const hostileTexts: readonly string[] = [
  'a | b',
  'x `code` ``y',
  '[click](https://evil.example/?a=b)',
  '![img](http://evil.example/x.png)',
  'https://evil.example www.evil.example evil@evil.example',
  '@octocat and @org/team see #123, GH-123 and octo/cat#1',
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  '</details></td></table>',
  '<!-- hanse-plan other -->',
  '-->',
  'line\nbreak\r\n# heading\n| a | b |\n\n- item',
  '**bold** _it_ ~~gone~~ $x$ \\| \\',
  '\u202Eevil\u202C \u0000\u001b[31m \u2028 \ud800',
  '::error file=x::injected%0A',
  '{0} {1} [a](1)',
  '```\n```sql\n~~~',
  '&amp; &lt;b&gt; &#64;octocat',
];

/** A plan in which every text is hostile. */
export function hostilePlan(text: string): PlanReport {
  const place = { file: `dir/${text}.yaml`, line: 3, column: 2 };
  const one: EffectAnswer = {
    ...effect,
    consumer: text,
    change: text,
    key: 'k',
    table: text,
    column: text,
    evidence: text,
    agreement: text,
    noticeEnds: text,
    toDo: text,
  };
  const yes: EffectAnswer = { ...one, verdict: 'accepted', accepted: { by: text, at: text, reason: text } };
  const all = [one, yes, { ...one, verdict: 'safe', consumer: `${text}2` }, { ...one, side: 'writer', verdict: 'breaks' }] satisfies readonly EffectAnswer[];
  return reportOf({
    home: text,
    revisions: { base: { revision: text, commit: 'abcdef', isMergeBase: false }, head: null },
    steps: [
      {
        ...step,
        ref: `${text} 1.0.0`,
        effects: all,
        changes: [{ ...change, message: text, column: text, before: text, after: text, at: place }],
        version: { before: text, after: text, proposed: text, raises: 'major', enough: false },
        migrations: [{ consumer: text, table: text, by: text, sql: text }],
      },
    ],
    findings: [{ code: text, severity: 'warning', ref: text, at: place, message: text, hint: text }],
  });
}

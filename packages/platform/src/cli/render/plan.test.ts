import type { EffectAnswer, Plan, Step } from '@hanse/core/api/shapes.ts';
import { expect, test } from 'vitest';
import type { Terminal } from '../command.ts';
import { renderPlan } from './plan.ts';

const terminal: Terminal = { json: false, color: false, line: () => {}, warn: () => {}, progress: () => {}, write: async () => {} };
const step: Step = {
  op: 'change',
  kind: 'contract',
  id: 'c@1',
  ref: 'finance/metrics 1.1.0',
  path: 'finance/churn/metrics.odcs.yaml',
  why: 'column amount is removed',
  expect: 3,
  effects: [],
  changes: [],
  version: null,
  migrations: [],
  body: {},
};
const effect: EffectAnswer = {
  consumer: 'marketing/spend',
  side: 'reader',
  verdict: 'breaks',
  kind: 'column-removed',
  key: 'column-removed:metrics:amount',
  table: 'finance/churn:metrics',
  change: 'column amount is removed',
  column: 'amount',
  evidence: 'marketing/spend/spend.sql',
  agreement: 'a2',
  seenAt: null,
  noticeDays: 30,
  noticeEnds: '2026-07-01',
  toDo: 'Stop reading amount.',
  accepted: null,
  level: 'block',
};
const rendered = (plan: Partial<Plan>): string =>
  renderPlan({ home: 'here', base: 1, verdict: 'nothing', steps: [], findings: [], seal: '', ...plan }, terminal);

test('a plan that breaks consumers names them, with evidence and notice', () => {
  expect(
    rendered({
      verdict: 'breaks',
      steps: [
        {
          ...step,
          effects: [
            effect,
            { ...effect, consumer: 'mia', verdict: 'safe', evidence: '3 reads on record, of customer', noticeEnds: null, toDo: 'Nothing.' },
            {
              ...effect,
              consumer: 'max',
              verdict: 'unknown',
              evidence: 'max.sql, whose columns cannot be told',
              agreement: null,
              noticeDays: null,
              noticeEnds: null,
            },
          ],
        },
        {
          ...step,
          ref: 'finance/other 1.0.0',
          effects: [
            { ...effect, verdict: 'accepted', accepted: { by: 'max', at: '2026-05-30T09:00:00Z', reason: 'we move in June' } },
            {
              ...effect,
              side: 'writer',
              consumer: 'finance/churn',
              evidence: 'delivered from outside the mesh',
              agreement: null,
              noticeDays: null,
              noticeEnds: null,
              toDo: 'Deliver it.',
            },
          ],
        },
        { ...step, op: 'create', kind: 'domain', ref: 'lab', why: '' },
        { ...step, op: 'remove', kind: 'build', ref: 'finance/churn', why: 'its file is gone' },
      ],
    }),
  ).toMatchInlineSnapshot(`
    "~ contract finance/metrics 1.1.0: column amount is removed
        breaks marketing/spend: column amount is removed (marketing/spend/spend.sql). Its agreement a2 gives 30 days' notice: not before 2026-07-01. Stop reading amount.
        safe mia: column amount is removed (3 reads on record, of customer).
        unknown max: column amount is removed (max.sql, whose columns cannot be told). Stop reading amount.
    ~ contract finance/other 1.0.0: column amount is removed
        accepted marketing/spend: column amount is removed (marketing/spend/spend.sql). Accepted by max on 2026-05-30: we move in June.
        breaks writer finance/churn: column amount is removed (delivered from outside the mesh). Deliver it.
    + domain lab
    - build finance/churn: its file is gone
    1 to create, 2 to change, 1 to remove; consumers break."
  `);
});

test('what each verdict says at the end', () => {
  const verdicts = ['nothing', 'safe', 'accepted', 'breaks', 'unknown'] as const;
  expect(
    verdicts.map((verdict) =>
      rendered({ verdict, steps: [step] })
        .split('\n')
        .at(-1),
    ),
  ).toMatchInlineSnapshot(`
    [
      "0 to create, 1 to change, 0 to remove; nobody is touched.",
      "0 to create, 1 to change, 0 to remove; nobody breaks.",
      "0 to create, 1 to change, 0 to remove; whom it breaks has accepted it.",
      "0 to create, 1 to change, 0 to remove; consumers break.",
      "0 to create, 1 to change, 0 to remove; some uses are unknown.",
    ]
  `);
  expect(rendered({})).toBe('No changes: the mesh is as the documents say.');
});

test('findings come first, with place, code and hint; an error ends it', () => {
  const findings: Plan['findings'] = [
    { code: 'mesh.input', severity: 'warning', ref: 'finance/churn', message: 'no agreement', hint: 'Request one.' },
    { code: 'document.schema', severity: 'error', at: { file: 'a.yaml', line: 3, column: 5 }, message: 'is no text' },
    { code: 'plan.domain-absent', severity: 'info', message: 'nothing of it is removed' },
  ];
  expect(rendered({ findings, steps: [step] })).toMatchInlineSnapshot(`
    "warning finance/churn: no agreement [mesh.input]
      Request one.
    error a.yaml:3:5: is no text [document.schema]
    info nothing of it is removed [plan.domain-absent]
    ~ contract finance/metrics 1.1.0: column amount is removed
    The documents have errors: nothing can be applied."
  `);
});

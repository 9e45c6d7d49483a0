import { expect, test } from 'vitest';
import { contractText, documentsOf, filesOf, planOf, productText, smallTexts, type Texts } from '../../../../test/fixtures/small-mesh.ts';
import type { Plan } from '../api/shapes.ts';
import type { Acceptance, Usage } from '../change/judge-change.ts';
import { meshOf } from '../mesh/mesh-value.ts';
import { servedTables } from '../mesh/served-table.ts';
import { type PlanQuestion } from './make-plan.ts';
import { parseTree } from './parse-tree.ts';

const CONTRACT = 'finance/churn/metrics.odcs.yaml';
const PRODUCT = 'finance/churn/churn.odps.yaml';
const spend: Usage = { consumer: 'marketing/spend', agreement: 'a2', role: 'eu', noticeDays: 30, columns: ['customer', 'amount'], evidence: 'spend.sql' };
const tableIds = servedTables(meshOf(documentsOf(smallTexts))).map(({ id }) => id);

/** A plan in which `spend` reads metrics. */
function planned(edits: Texts, { usage = spend, ...question }: Partial<PlanQuestion> & { readonly usage?: Usage } = {}): Plan {
  const after = { ...smallTexts, ...edits };
  const { sources } = parseTree(filesOf(after));
  const usages = new Map(tableIds.filter((id) => id.startsWith('metrics@')).map((id) => [id, [usage]]));
  return planOf(smallTexts, after, { sources, usages, ...question });
}

const effects = (plan: Plan) =>
  plan.steps
    .flatMap((step) => step.effects)
    .map(({ side, verdict, consumer, change, noticeEnds }) => [side, verdict, consumer, change, noticeEnds ?? ''].join(' | '));

test('a version that says too little is a finding at its line, with the version that says enough', () => {
  const { findings, verdict } = planned({ [CONTRACT]: contractText('metrics', 'metrics', '1.1.0').replace('name: amount,', 'name: total,') });
  expect(verdict).toBe('breaks');
  expect(findings).toEqual([
    {
      code: 'change.version',
      severity: 'warning',
      ref: 'finance/metrics 1.1.0',
      at: { file: CONTRACT, line: 5, column: 10 },
      message: 'version 1.1.0 says too little: column amount is renamed to total',
      hint: 'Write `version: 2.0.0`, and serve the former major beside it until the notice of its agreements has run.',
    },
  ]);
});

test('what changes stands at its line; each consumer has its way on, and the first day of the change', () => {
  const { steps } = planned({ [CONTRACT]: contractText('metrics', 'metrics', '1.1.0').replace('name: amount,', 'name: total,') });
  expect(steps[0]?.changes.map(({ kind, at }) => [kind, at?.line])).toEqual([['column-renamed', 12]]);
  expect(steps[0]?.migrations).toEqual([
    { consumer: 'marketing/spend', table: 'finance.metrics', by: '2026-07-01', sql: 'SELECT\n  customer,\n  total AS amount\nFROM finance.metrics' },
  ]);
  expect(effects({ steps } as Plan)).toEqual(['reader | breaks | marketing/spend | column amount is renamed to total | 2026-07-01']);
});

test('a new major in place of the former one takes the table away, and says how to move', () => {
  const next = contractText('metrics', 'metrics', '2.0.0').replace('name: amount,', 'name: total,');
  const port = 'outputPorts:\n  - {name: metrics, version: 2.0.0, contractId: metrics}\n';
  const { steps } = planned({ [CONTRACT]: next, [PRODUCT]: productText('churn', 'finance', port), 'finance/churn/metrics.sql': 'select 1' });
  const told = steps.map(({ op, kind, id, changes, version }) => [op, kind, id, changes.map((change) => change.kind).join(), version?.enough ?? null]);
  expect(told.filter(([, kind]) => kind === 'contract' || kind === 'product')).toEqual([
    ['change', 'product', 'churn', 'port-removed,port-added', null],
    ['create', 'contract', 'metrics@2', 'column-renamed', true],
    ['remove', 'contract', 'metrics@1', 'column-renamed', null],
  ]);
  expect(effects({ steps } as Plan)).toEqual(['reader | breaks | marketing/spend | table finance.metrics is no longer served | 2026-07-01']);
  expect(steps.flatMap(({ migrations }) => migrations.map(({ sql }) => sql))).toEqual(['SELECT\n  customer,\n  total AS amount\nFROM finance.metrics__v2']);
});

test('both majors served: nobody breaks, and deprecation begins the notice', () => {
  const ports = 'outputPorts:\n  - {name: metrics, version: 1.0.0, contractId: metrics}\n  - {name: metrics, version: 2.0.0, contractId: metrics}\n';
  const second = { 'finance/churn/metrics-2.odcs.yaml': contractText('metrics', 'metrics', '2.0.0'), [PRODUCT]: productText('churn', 'finance', ports) };
  expect(planned(second).verdict).toBe('nothing');
  const deprecated = { ...second, [CONTRACT]: contractText('metrics', 'metrics', '1.1.0').replace('status: active', 'status: deprecated') };
  const plan = planned(deprecated);
  expect([plan.verdict, ...effects(plan)]).toEqual(['safe', 'reader | safe | marketing/spend | the contract is deprecated | 2026-07-01']);
  expect(plan.steps.flatMap((step) => step.effects.map(({ toDo }) => toDo))).toEqual(['Move to the next major version before the notice ends.']);
});

test('notice runs from what was announced before', () => {
  const gone = {
    [CONTRACT]: undefined,
    [PRODUCT]: productText('churn', 'finance'),
    'finance/churn/metrics.sql': undefined,
    'finance/churn/build.yaml': undefined,
  };
  const when = (deprecatedAt?: ReadonlyMap<string, string>) =>
    effects(planned(gone, deprecatedAt === undefined ? {} : { deprecatedAt })).map((effect) => effect.split(' | ').at(-1));
  expect([when(), when(new Map([['metrics@1', '2026-05-15T10:00:00Z']]))]).toEqual([['2026-07-01'], ['2026-06-14']]);
});

test('what breaks writers is told to them alone: to a build that is judged when it runs, or to whom delivers', () => {
  const edits = {
    [CONTRACT]: contractText('metrics', 'metrics', '1.1.0').replace('name: amount, logicalType: number', 'name: amount, logicalType: number, required: true'),
  };
  const byBuild = planned(edits);
  expect([byBuild.verdict, ...effects(byBuild)]).toEqual(['nothing', 'writer | unknown | finance/churn | column amount is now never null | ']);
  const delivered = planned({ ...edits, 'finance/churn/metrics.sql': undefined, 'finance/churn/build.yaml': 'objects:\n  metrics: {external: true}\n' });
  expect(effects(delivered)).toEqual(['writer | breaks | finance/churn | column amount is now never null | ']);
  expect(delivered.verdict).toBe('nothing');
});

test('a yes counts for the change and the version that it was said of', () => {
  const edits = { [CONTRACT]: contractText('metrics', 'metrics', '1.1.0').replace(/.*name: amount.*\n/, '') };
  const yes: Acceptance = { agreement: 'a2', change: 'column-removed:metrics:amount', version: '1.0.0', by: 'max', at: '2026-05-30T09:00:00Z', reason: '' };
  const verdict = (accepted: Acceptance) => planned(edits, { usage: { ...spend, accepted: [accepted] } }).verdict;
  expect([verdict(yes), verdict({ ...yes, version: '0.9.0' }), verdict({ ...yes, change: 'column-removed:metrics:customer' })]).toEqual([
    'accepted',
    'breaks',
    'breaks',
  ]);
  const unknown = planned(edits, { usage: { ...spend, columns: undefined, accepted: [yes] } });
  expect(unknown.verdict).toBe('accepted');
});

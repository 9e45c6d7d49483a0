import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scale } from '../../../../test/fixtures/read-document.ts';
import { meshOf } from '../mesh/mesh-value.ts';
import { agreementText, contractText, documentsOf, filesOf, planOf, smallTexts, storedOf, type Texts } from '../../../../test/fixtures/small-mesh.ts';
import type { Plan, Step } from '../api/shapes.ts';
import type { Usage } from '../change/judge-change.ts';
import { formatKey } from '../document/document.ts';
import { servedTables } from '../mesh/served-table.ts';
import { makePlan, touchedTables } from './make-plan.ts';
import { parseTree } from './parse-tree.ts';
import type { StoredCopy } from './removable.ts';

const AIRLINE = fileURLToPath(new URL('../../../../examples/airline/', import.meta.url));
const airline: Texts = Object.fromEntries(
  globSync('{finance,marketing,agreements}/**/*.{yaml,sql}', { cwd: AIRLINE }).map((path) => [path, readFileSync(`${AIRLINE}${path}`, 'utf8')]),
);

/** What a plan compares: a tree with whatever is wrong in it, and what is stored. */
function plan(texts: Texts, stored: readonly StoredCopy[]): Omit<Plan, 'seal'> {
  const { documents, findings } = parseTree(filesOf(texts));
  const unread = new Set(findings.flatMap(({ at }) => (at === undefined ? [] : [at.file])));
  return makePlan({
    home: 'here',
    base: 1,
    desired: documents,
    stored,
    before: meshOf(stored),
    after: meshOf(documents),
    usages: new Map(),
    findings: [],
    retire: [],
    unread,
    sources: new Map(),
    now: '2026-06-01T00:00:00Z',
  });
}

/** The store after a plan, as a transaction leaves it: JSON, under the home of the plan. */
function applied(stored: readonly StoredCopy[], steps: readonly Step[]): readonly StoredCopy[] {
  const copies = new Map(stored.map((copy) => [formatKey(copy), copy]));
  for (const { kind, id, ref, expect: version, body } of steps) {
    if (body === null) copies.delete(formatKey({ kind, id }));
    else
      copies.set(formatKey({ kind, id }), {
        kind,
        id,
        ref,
        version: version + 1,
        home: { kind: 'repository', id: 'here' },
        body: JSON.parse(JSON.stringify(body)),
      });
  }
  return [...copies.values()];
}

/** Ways to edit a text; `at` chooses a place in it. */
const EDITS: Readonly<Record<string, (text: string, at: number) => string | undefined>> = {
  remove: () => undefined,
  comment: (text) => `${text}\n# or so\n`,
  version: (text) => text.replace(/^version: .*/m, 'version: 1.7.3'),
  status: (text) => text.replace(/^status: .*/m, 'status: deprecated'),
  rename: (text) => text.replace(/^( +)(?:- )?name: (\w+)$/m, (line) => `${line}_anew`),
  garbage: (text, at) => `${text.slice(0, at)}\t[${text.slice(at)}`,
  swap: (text) => text.split('\n').toReversed().join('\n'),
};

test('what was applied is not planned again, whatever was edited', () => {
  const paths = Object.keys(airline);
  const whole = storedOf(documentsOf(airline));
  expect(plan(airline, whole).steps).toEqual([]);
  const edit = fc.record({ path: fc.constantFrom(...paths), how: fc.constantFrom(...Object.keys(EDITS)), at: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), fc.boolean(), (edits, isNew) => {
      const texts: Record<string, string | undefined> = { ...airline };
      for (const { path, how, at } of edits) texts[path] = texts[path] === undefined ? airline[path] : EDITS[how]?.(texts[path], at);
      const stored = isNew ? [] : whole;
      const { steps } = plan(texts, stored);
      const keys = new Map(stored.map((copy) => [formatKey(copy), copy]));
      for (const step of steps) {
        const known = keys.get(formatKey(step));
        expect([step.op === 'create', step.expect], step.ref).toEqual([known === undefined, known?.version ?? 0]);
      }
      if (new Set(steps.map(formatKey)).size < steps.length) return;
      expect(plan(texts, applied(stored, steps)).steps.map(({ op, ref }) => `${op} ${ref}`)).toEqual([]);
    }),
    { numRuns: Math.ceil(15 * scale) },
  );
});

const spoken = ({ verdict, steps }: Plan): readonly string[] => [
  verdict,
  ...steps.flatMap(({ op, kind, ref, effects }) => [
    `${op} ${kind} ${ref}`,
    ...effects.map((effect) => `  ${effect.verdict} ${effect.consumer}: ${effect.change} (${effect.evidence})`),
  ]),
];

/** Marketing's build reads \`amount\`; mia has read \`customer\`, and max nothing. */
const uses: readonly Usage[] = [
  { consumer: 'marketing/spend', columns: ['amount'], evidence: 'marketing/spend/spend.sql', agreement: 'a2', role: 'full', noticeDays: 30 },
  { consumer: 'mia', columns: ['customer'], evidence: '3 reads on record', agreement: 'a1', role: 'eu', noticeDays: 30 },
  { consumer: 'max', columns: [], evidence: 'no read on record', role: 'eu' },
];
const usages = new Map(servedTables(meshOf(documentsOf(smallTexts))).map(({ id, domain }) => [id, domain === 'finance' ? uses : []]));
const after = (edits: Texts) => spoken(planOf(smallTexts, { ...smallTexts, ...edits }, { usages }));
const METRICS = 'finance/churn/metrics.odcs.yaml';

test('a column that goes breaks whoever uses it, and nobody else', () => {
  expect(after({ [METRICS]: contractText('metrics').replace(/ +- \{id: amount.*\n/, '') })).toMatchInlineSnapshot(`
    [
      "breaks",
      "change contract finance/metrics 1.0.0",
      "  breaks marketing/spend: column amount is removed (marketing/spend/spend.sql)",
      "  safe mia: column amount is removed (3 reads on record)",
      "  safe max: column amount is removed (no read on record)",
    ]
  `);
});

test('a column that comes, a comment and a reorder touch nobody', () => {
  expect(
    after({ [METRICS]: contractText('metrics').replace('    properties:\n', '    properties:\n      - {id: note, name: note, logicalType: string}\n') })[0],
  ).toBe('nothing');
  expect(after({ [METRICS]: `${contractText('metrics')}# or so\n` })[0]).toBe('nothing');
  expect(after({ [METRICS]: contractText('metrics').replace(/( +- \{id: customer.*\n)( +- \{id: amount.*\n)/, '$2$1') })[0]).toBe('nothing');
});

test('a role that goes breaks who holds it', () => {
  expect(after({ [METRICS]: contractText('metrics').replace('  - role: eu\n', '') })).toMatchInlineSnapshot(`
    [
      "breaks",
      "change contract finance/metrics 1.0.0",
      "  safe marketing/spend: role eu is removed (marketing/spend/spend.sql)",
      "  breaks mia: role eu is removed (3 reads on record)",
      "  breaks max: role eu is removed (no read on record)",
    ]
  `);
});

test('a table that is no longer served is told once, with its product or with its contract', () => {
  expect(after({ 'finance/churn/churn.odps.yaml': smallTexts['finance/churn/churn.odps.yaml']?.replace(/outputPorts:[^]*/, '') })).toMatchInlineSnapshot(`
    [
      "breaks",
      "change product finance/churn",
      "  breaks marketing/spend: table finance.metrics is no longer served (marketing/spend/spend.sql)",
      "  breaks mia: table finance.metrics is no longer served (3 reads on record)",
      "  breaks max: table finance.metrics is no longer served (no read on record)",
    ]
  `);
  expect(after({ [METRICS]: undefined })).toMatchInlineSnapshot(`
    [
      "breaks",
      "remove contract finance/metrics 1.0.0",
      "  breaks marketing/spend: table finance.metrics is no longer served (marketing/spend/spend.sql)",
      "  breaks mia: table finance.metrics is no longer served (3 reads on record)",
      "  breaks max: table finance.metrics is no longer served (no read on record)",
    ]
  `);
  expect(
    after({ 'finance/churn/churn.odps.yaml': undefined, 'finance/churn/build.yaml': undefined, 'finance/churn/metrics.sql': undefined, [METRICS]: undefined }),
  ).toMatchInlineSnapshot(`
    [
      "breaks",
      "remove product finance/churn",
      "remove contract finance/metrics 1.0.0",
      "  breaks marketing/spend: table finance.metrics is no longer served (marketing/spend/spend.sql)",
      "  breaks mia: table finance.metrics is no longer served (3 reads on record)",
      "  breaks max: table finance.metrics is no longer served (no read on record)",
      "remove build finance/churn",
    ]
  `);
});

test('uses that are unknown make a change unknown, never safe', () => {
  const unknown = new Map([...usages].map(([id, known]) => [id, known.map((usage) => ({ ...usage, columns: undefined }))]));
  const dropped = { ...smallTexts, [METRICS]: contractText('metrics').replace(/ +- \{id: amount.*\n/, '') };
  expect(planOf(smallTexts, dropped, { usages: unknown }).verdict).toBe('unknown');
});

test('tables are touched where readers could notice', () => {
  const touched = (edits: Texts) => touchedTables(meshOf(documentsOf(smallTexts)), meshOf(documentsOf({ ...smallTexts, ...edits }))).map(({ id }) => id);
  expect(touched({})).toEqual([]);
  expect(touched({ 'finance/churn/metrics.sql': 'select 2' })).toEqual([]);
  expect(touched({ [METRICS]: contractText('metrics', 'metrics', '1.1.0') })).toEqual(['metrics@1/metrics']);
  expect(touched({ 'finance/churn/churn.odps.yaml': undefined, 'finance/churn/build.yaml': undefined, 'finance/churn/metrics.sql': undefined })).toEqual([
    'metrics@1/metrics',
  ]);
});

test('a document with its home elsewhere is left as it is, and told', () => {
  const told = (home: 'mesh' | 'there', edits: Texts) => {
    const [known, desired] = [documentsOf(smallTexts), documentsOf({ ...smallTexts, ...edits })];
    const stored = storedOf(known, home === 'mesh' ? { kind: 'mesh' } : { kind: 'repository', id: home });
    const { steps, findings } = planOf(smallTexts, { ...smallTexts, ...edits }, { stored, desired });
    return [...steps.map(({ ref }) => ref), ...findings.map(({ severity, message, hint }) => `${severity}: ${message}. ${hint}`)];
  };
  expect([
    told('there', { 'finance/churn/metrics.sql': 'select 2' }),
    told('mesh', { 'agreements/a1.oaas.yaml': agreementText({ role: 'full' }) }),
    told('there', {}),
  ]).toMatchInlineSnapshot(`
    [
      [
        "error: build finance/churn has its home in the repository there; this file changes nothing. Change it there, or remove this file. If this is that repository (its folder moved, or its first commit came later), write \`repository: there\` in hanse.yaml.",
      ],
      [
        "warning: agreement a1 has its home in the mesh itself (there it is active); this file changes nothing. Remove the file, or change the agreement with hanse access.",
      ],
      [],
    ]
  `);
});

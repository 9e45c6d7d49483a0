import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '@hanse/core/api/shapes.ts';
import { formatConsumersLock } from '@hanse/core/lock/format-consumers-lock.ts';
import { lockOf } from '@hanse/core/lock/lock-of.ts';
import type { LockedConsumer } from '@hanse/core/lock/consumers-lock.ts';
import { touchedFiles } from '@hanse/core/plan/touched-files.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../../../../test/fixtures/open-mesh.ts';
import { scale } from '../../../../../test/fixtures/read-document.ts';
import { contractText, filesOf, productText, smallTexts, type Texts } from '../../../../../test/fixtures/small-mesh.ts';
import { openParser, type Parser } from '../../engine/duckdb/parser-process.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { createMeshView } from '../mesh/mesh-view.ts';
import { applyPlan } from './apply-plan.ts';
import { listConsumers } from './list-consumers.ts';
import { planRevisions, type RevisionQuestion } from './plan-revisions.ts';
import { planTree } from './plan-tree.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const AIRLINE = fileURLToPath(new URL('../../../../../examples/airline/', import.meta.url));
const airline: Texts = Object.fromEntries(
  globSync('{finance,marketing,operations,agreements}/**/*.{yaml,sql}', { cwd: AIRLINE }).map((path) => [path, readFileSync(`${AIRLINE}${path}`, 'utf8')]),
);
let parser: Parser;

beforeAll(() => {
  parser = openParser();
});

afterAll(() => parser.close());

const treeOf = (texts: Texts) => ({ home: 'here', files: [...filesOf(texts)] });
const compare = (before: Texts, after: Texts, more: Partial<RevisionQuestion> = {}) =>
  planRevisions(parser, { base: treeOf(before), head: treeOf(after), lockDays: 7, now: NOW, retire: [], ...more });
const spoken = ({ steps, findings }: Plan) => [
  ...steps.flatMap(({ op, kind, ref, effects }) => [
    `${op} ${kind} ${ref}`,
    ...effects.map(({ verdict, level, consumer, change, evidence }) => `  ${verdict} at ${level} ${consumer}: ${change} (${evidence})`),
  ]),
  ...findings.filter(({ code }) => code.startsWith('plan.')).map(({ code, severity, message }) => `${severity} ${code}: ${message}`),
];

/** A mesh to which a tree was applied, without data. */
async function appliedMesh(texts: Texts) {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hanse-base-'));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = { now: () => NOW };
  const store = await openSqliteStore({ folder, clock });
  undo.defer(() => store.close());
  const platform = { store, engine: parser, clock, secret: 'secret', meshes: createMeshView(store), meshName: 'mesh', newId: () => randomUUID() };
  const plan = await planTree(platform, operator, { tree: treeOf(texts), retire: [] });
  const isRight = !plan.findings.some(({ severity }) => severity === 'error');
  if (isRight) await applyPlan(platform, operator, { plan, reason: '' });
  const held = undo.move();
  return { platform, isRight, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Ways to edit a document. */
const EDITS: Readonly<Record<string, (text: string) => string | undefined>> = {
  remove: () => undefined,
  version: (text) => text.replace(/^version: .*/m, 'version: 1.7.3'),
  rename: (text) => text.replace(/^( +)name: (\w+)$/m, '$1name: $2_anew'),
  column: (text) => text.replace(/^ {6}- id: \w+\n(?: {8}.*\n)+/m, ''),
  type: (text) => text.replace(/physicalType: INTEGER/, 'physicalType: VARCHAR'),
  nullable: (text) => text.replace('required: true', 'required: false'),
  role: (text) => text.replace(/^ {2}- role: \S+\n(?: {4}.*\n)+/m, ''),
  sql: (text) => text.replace(/\bdelay_minutes\b/g, 'distance_miles'),
  level: (text) => (text.includes('owner:') ? `${text}level: observe\n` : text),
  garbage: (text) => `${text}\t[`,
  end: (text) => text.replace('2030-12-31', '2026-03-31'),
};

/** A tree with edits made. */
function edited(texts: Texts, chosen: readonly { readonly path: string; readonly how: string }[]): Texts {
  const next: Record<string, string | undefined> = { ...texts };
  for (const { path, how } of chosen) next[path] = next[path] === undefined ? airline[path] : EDITS[how]?.(next[path]);
  return next;
}

test('two revisions give the steps, verdicts and findings that a mesh with the base gives', async () => {
  const paths = Object.keys(airline);
  const edit = fc.record({ path: fc.constantFrom(...paths), how: fc.constantFrom(...Object.keys(EDITS)) });
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(edits, edits, async (first, second) => {
      const base = edited(
        airline,
        first.filter(({ how }) => how === 'level' || how === 'end' || how === 'version'),
      );
      const head = edited(base, second);
      await using mesh = await appliedMesh(base);
      if (!mesh.isRight) return;
      const told = await planTree(mesh.platform, operator, { tree: treeOf(head), retire: [] });
      const lock = formatConsumersLock(lockOf(await listConsumers(mesh.platform, operator, ['finance', 'marketing', 'operations'])));
      const made = await compare(base, head, { lock });
      const stood = new Set((await planTree(mesh.platform, operator, { tree: treeOf(base), retire: [] })).findings.map((finding) => JSON.stringify(finding)));
      const brought = told.findings.filter((finding) => head[finding.at?.file ?? ''] !== base[finding.at?.file ?? ''] || !stood.has(JSON.stringify(finding)));
      expect([made.verdict, made.steps.map(comparable), made.findings]).toEqual([told.verdict, told.steps.map(comparable), brought]);
      compared += told.steps.length;
    }),
    { numRuns: Math.ceil(5 * scale) },
  );
  expect(compared).toBeGreaterThan(0);
});

test('the files that a change can touch judge it as all files do', async () => {
  const paths = Object.keys(airline);
  const edit = fc.record({ path: fc.constantFrom(...paths), how: fc.constantFrom(...Object.keys(EDITS)) });
  let fewer = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 2 }), fc.array(edit, { minLength: 1, maxLength: 2 }), async (first, second) => {
      const base = edited(airline, first);
      const head = edited(base, second);
      const before = treeOf(base).files;
      const after = treeOf(head).files.map((file) => before.find(({ path, text }) => path === file.path && text === file.text) ?? file);
      const touched = touchedFiles({ base: before, head: after, names: [] });
      if (touched === undefined) return;
      fewer += after.length - touched.head.length;
      const part = { base: { home: 'here', files: [...touched.base] }, head: { home: 'here', files: [...touched.head] } };
      const [whole, made] = [await compare(base, head), await compare(base, head, part)];
      expect([made.verdict, made.steps.map(comparable), made.findings]).toEqual([whole.verdict, whole.steps.map(comparable), whole.findings]);
    }),
    { numRuns: Math.ceil(12 * scale) },
  );
  expect(fewer).toBeGreaterThan(0);
});

/** The lock says when a use was seen; whom it names comes in its own order. */
function comparable({ effects, migrations, ...step }: Plan['steps'][number]) {
  const sorted = <Each>(list: readonly Each[]) => list.map((each) => JSON.stringify(each)).toSorted();
  return { ...step, effects: sorted(effects.map((effect) => ({ ...effect, seenAt: null }))), migrations: sorted(migrations) };
}

const METRICS = 'finance/churn/metrics.odcs.yaml';
const before: Texts = smallTexts;
const renamed = { ...before, [METRICS]: contractText('metrics').replace('name: amount,', 'name: total,') };
const whole = 'mesh: small\nconsumers: here\n';
const lockText = (at: string, consumers: readonly LockedConsumer[] = []) =>
  formatConsumersLock({ mesh: 'small', asOf: 9, at, tables: { 'metrics@1/metrics': { table: 'finance.metrics', consumers } } });

test('without the lock, or one that is too old, to come, faulty or about other tables, use elsewhere is unknown', async () => {
  const locks = {
    none: undefined,
    old: lockText('2026-05-25T11:00:00.000Z'),
    future: lockText('2026-06-03T12:00:00.000Z'),
    faulty: 'version: 1\n',
    others: lockText(NOW).replace('metrics@1/metrics', 'other@1/metrics'),
    fresh: lockText('2026-05-25T13:00:00.000Z'),
  };
  const told = await Promise.all(
    Object.entries(locks).map(async ([name, lock]) => {
      const plan = await compare(before, renamed, lock === undefined ? {} : { lock });
      const elsewhere = plan.steps.flatMap(({ effects }) => effects.filter(({ consumer }) => consumer === 'consumers elsewhere'));
      const findings = plan.findings.filter(({ code }) => code.startsWith('plan.') || code.startsWith('document.'));
      return [
        name,
        ...elsewhere.map(({ verdict, evidence }) => `${verdict} (${evidence})`),
        ...findings.map(({ severity, message, at }) => `${severity} ${at?.file}:${at?.line} ${message}`),
      ];
    }),
  );
  expect(told).toMatchInlineSnapshot(`
    [
      [
        "none",
        "unknown (there is no consumers.lock.yaml)",
        "warning consumers.lock.yaml:1 who uses these tables cannot be told: there is no consumers.lock.yaml",
      ],
      [
        "old",
        "unknown (consumers.lock.yaml is of 2026-05-25, older than 7 days)",
        "warning consumers.lock.yaml:1 who uses these tables cannot be told: consumers.lock.yaml is of 2026-05-25, older than 7 days",
      ],
      [
        "future",
        "unknown (consumers.lock.yaml is of 2026-06-03, which is to come)",
        "warning consumers.lock.yaml:1 who uses these tables cannot be told: consumers.lock.yaml is of 2026-06-03, which is to come",
      ],
      [
        "faulty",
        "unknown (consumers.lock.yaml cannot be read)",
        "warning consumers.lock.yaml:1 \`mesh\` is missing",
        "warning consumers.lock.yaml:1 \`asOf\` is missing",
        "warning consumers.lock.yaml:1 \`at\` is missing",
        "warning consumers.lock.yaml:1 \`tables\` is missing",
        "warning consumers.lock.yaml:1 who uses these tables cannot be told: consumers.lock.yaml cannot be read",
      ],
      [
        "others",
        "unknown (consumers.lock.yaml does not cover this table)",
        "warning consumers.lock.yaml:1 consumers.lock.yaml does not cover all tables that change",
      ],
      [
        "fresh",
      ],
    ]
  `);
});

test('a lock that is too old makes known consumers unknown, and one that is fresh says who breaks', async () => {
  const far: LockedConsumer = { consumer: 'shop/sales', agreement: 's1', role: 'eu', noticeDays: 30, columns: ['amount'], evidence: 'shop/sales/sales.sql' };
  const near: LockedConsumer = { consumer: 'mia', agreement: 'a1', role: 'eu', columns: ['customer'], evidence: '3 reads on record', lastSeen: '2026-05-30' };
  const stale: LockedConsumer = { consumer: 'marketing/spend', columns: ['customer'], evidence: 'what it read then' };
  const effects = async (at: string) =>
    spoken(await compare(before, renamed, { lock: lockText(at, [far, near, stale]) })).filter((line) => line.startsWith('  '));
  expect({ fresh: await effects(NOW), old: await effects('2026-01-01T00:00:00.000Z') }).toMatchInlineSnapshot(`
    {
      "fresh": [
        "  breaks at block marketing/spend: column amount is renamed to total (marketing/spend/spend.sql)",
        "  safe at block mia: column amount is renamed to total (3 reads on record)",
        "  breaks at block shop/sales: column amount is renamed to total (shop/sales/sales.sql)",
      ],
      "old": [
        "  breaks at block marketing/spend: column amount is renamed to total (marketing/spend/spend.sql)",
        "  unknown at block mia: column amount is renamed to total (agreement a1; what it reads is on record in the mesh)",
        "  unknown at block shop/sales: column amount is renamed to total (shop/sales/sales.sql; consumers.lock.yaml is of 2026-01-01, older than 7 days)",
        "  unknown at block consumers elsewhere: column amount is renamed to total (consumers.lock.yaml is of 2026-01-01, older than 7 days)",
      ],
    }
  `);
});

test('a repository that holds all its consumers needs no lock, once its base says so too', async () => {
  const says = { 'hanse.yaml': whole };
  const effects = async (base: Texts, head: Texts) =>
    spoken(await compare({ ...before, ...base }, { ...renamed, ...head })).filter((line) => line.startsWith('  '));
  expect(await effects(says, says)).toMatchInlineSnapshot(`
    [
      "  breaks at block marketing/spend: column amount is renamed to total (marketing/spend/spend.sql)",
      "  unknown at block mia: column amount is renamed to total (agreement a1; what it reads is on record in the mesh)",
    ]
  `);
  const elsewhere = expect.arrayContaining([expect.stringContaining('unknown at block consumers elsewhere')]);
  expect(await effects({}, says)).toEqual(elsewhere);
  expect(await effects(says, {})).toEqual(elsewhere);
  expect(await effects(says, { 'hanse.yaml': 'consumers: here\nnot: known\n' })).toEqual(elsewhere);
});

test('a level that keeps nothing back puts a break on record; one that a change lowers counts from the next on', async () => {
  const at = (level: string | undefined) => ({
    'hanse.yaml': whole,
    ...(level !== undefined && { 'finance/churn/build.yaml': `${smallTexts['finance/churn/build.yaml']}level: ${level}\n` }),
  });
  const levels = async (one: string | undefined, other: string | undefined) => {
    const plan = await compare({ ...before, ...at(one) }, { ...renamed, ...at(other) });
    const effect = plan.steps.flatMap(({ effects }) => effects).find(({ verdict }) => verdict === 'breaks');
    return [effect?.level, ...plan.findings.filter(({ code }) => code === 'plan.tolerated').map(({ severity, message }) => `${severity}: ${message}`)];
  };
  expect(await levels('observe', 'observe')).toMatchInlineSnapshot(`
    [
      "observe",
      "info: the change of contract finance/metrics 1.0.0 breaks marketing/spend and may break mia; at the level \`observe\` nothing is kept back",
    ]
  `);
  expect(await levels('warn', 'observe')).toMatchInlineSnapshot(`
    [
      "warn",
      "warning: the change of contract finance/metrics 1.0.0 breaks marketing/spend and may break mia; at the level \`warn\` nothing is kept back",
    ]
  `);
  expect(await levels('observe', 'block')).toEqual(['block']);
  expect(await levels(undefined, 'observe')).toEqual(['block']);
});

test('what nobody reads may go, and a text that changes asks nobody', async () => {
  const without = {
    ...before,
    [METRICS]: contractText('metrics').replace(/ +- \{id: amount.*\n/, ''),
    'marketing/spend/spend.sql': 'select customer, 1 as amount from finance.metrics',
  };
  const reader: LockedConsumer = { consumer: 'mia', agreement: 'a1', role: 'eu', columns: ['customer'], evidence: '3 reads on record' };
  const plan = await compare({ ...before, 'marketing/spend/spend.sql': without['marketing/spend/spend.sql'] }, without, { lock: lockText(NOW, [reader]) });
  expect([plan.verdict, spoken(plan)]).toMatchInlineSnapshot(`
    [
      "safe",
      [
        "change contract finance/metrics 1.0.0",
        "  safe at block marketing/spend: column amount is removed (marketing/spend/spend.sql)",
        "  safe at block mia: column amount is removed (3 reads on record)",
      ],
    ]
  `);
  const comment = await compare(before, { ...before, [METRICS]: `${contractText('metrics')}# or so\n` });
  expect([comment.verdict, spoken(comment)]).toEqual(['nothing', ['change contract finance/metrics 1.0.0']]);
});

test('more builds are judged than the parser lets wait', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `t${index}`);
  const objects = names.map((name) => `  - {id: ${name}, name: ${name}, properties: [{id: n, name: n, logicalType: integer}]}\n`).join('');
  const folder: Texts = {
    'shop/domain.yaml': 'name: shop\nowner: sam\n',
    'shop/many/many.odps.yaml': productText('many', 'shop', 'outputPorts:\n  - {name: many, version: 1.0.0, contractId: many}\n'),
    'shop/many/many.odcs.yaml': `apiVersion: v3.2.0\nkind: DataContract\nid: many\nname: many\nversion: 1.0.0\nstatus: active\nschema:\n${objects}`,
    ...Object.fromEntries(names.map((name) => [`shop/many/${name}.sql`, 'select 1 as m'])),
  };
  const { findings } = await compare({}, folder);
  expect(new Set(findings.map(({ code, message }) => `${code}: ${message}`))).toEqual(
    new Set(['build.sql: the SELECT gives no column n, which the contract promises']),
  );
  expect(findings.length).toBe(300);
});

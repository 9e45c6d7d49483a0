import type { EffectAnswer, Plan, Step } from '../api/shapes.ts';
import { type Change, changeOf } from '../change/change.ts';
import { portDeprecated } from '../change/compare-products.ts';
import { describeEffect } from '../change/describe-change.ts';
import { judgeChange, type Usage } from '../change/judge-change.ts';
import { noticeEnd } from '../change/notice.ts';
import type { Contract } from '../contract/contract.ts';
import { canonicalJson, formatKey, type Home } from '../document/document.ts';
import { objectOf } from '../document/json.ts';
import { sameValue } from '../document/same-value.ts';
import type { SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { contractKey, type Mesh } from '../mesh/mesh.ts';
import { meshValue } from '../mesh/mesh-value.ts';
import { isAbout, type ServedTable, servedTables, tableRef } from '../mesh/served-table.ts';
import { stricter, tableLevel } from '../mesh/table-level.ts';
import type { Level } from '../product/build-file.ts';
import { contractDelta, endedDelta, migrationsOf, productDelta } from './contract-step.ts';
import { writerEffects } from './writer-effects.ts';
import type { DesiredDocument, PlannedKind } from './desired-document.ts';
import { removable, type StoredCopy } from './removable.ts';

export interface PlanQuestion {
  /** The repository whose documents are desired. */
  readonly home: string;
  readonly base: number;
  readonly desired: readonly DesiredDocument[];
  readonly stored: readonly StoredCopy[];
  readonly before: Mesh;
  readonly after: Mesh;
  /** Known uses of the tables that `touchedTables` named, by table id. */
  readonly usages: ReadonlyMap<string, readonly Usage[]>;
  readonly findings: readonly Finding[];
  /** Domains to end although their folder is not in the tree. */
  readonly retire: readonly string[];
  /** Files that are there and cannot be read. */
  readonly unread: ReadonlySet<string>;
  /** Where the parts of each desired document stand, by `formatKey`. */
  readonly sources: ReadonlyMap<string, SourceDocument>;
  /** ISO 8601 in UTC: notice runs from now, but for what was announced before. */
  readonly now: string;
  /** When contracts that are deprecated already became so, by `contractKey`. */
  readonly deprecatedAt?: ReadonlyMap<string, string>;
}

/** Tables that readers know and that the desired documents change, drop or rename. */
export function touchedTables(before: Mesh, after: Mesh): readonly ServedTable[] {
  const served = new Map(servedTables(after).map((table) => [table.id, table]));
  return servedTables(before).filter((table) => {
    const next = served.get(table.id);
    return next === undefined || !sameValue(next.contract, table.contract);
  });
}

/** Compares the desired documents with the mesh: typed steps, each with what it means to whom. */
export function makePlan(asked: PlanQuestion): Omit<Plan, 'seal'> {
  const question: Indexed = { ...asked, ...indexTables(asked) };
  const stored = new Map(question.stored.map((copy) => [formatKey(copy), copy]));
  const written = question.desired.map((document) => writeStep(question, document, stored.get(formatKey(document))));
  const removals = removable(question);
  const steps = [...written.flatMap(({ step }) => step ?? []), ...removals.remove.map((copy) => removeStep(question, copy))];
  const findings = [...question.findings, ...written.flatMap(({ findings: own = [] }) => own), ...removals.findings];
  const kept = [...findings, ...steps.flatMap(toleratedFinding)];
  return { home: question.home, base: question.base, verdict: verdictOf(steps), steps, findings: kept.map((finding) => ({ ...finding })) };
}

/** What breaks, or may, below the level `block`: on record, and nothing is kept back. */
function toleratedFinding({ effects, kind, ref, path }: Step): readonly Finding[] {
  return (['observe', 'warn'] as const).flatMap((level) => {
    const touched = effects.filter(
      (effect) => effect.level === level && effect.side === 'reader' && (effect.verdict === 'breaks' || effect.verdict === 'unknown'),
    );
    if (touched.length === 0) return [];
    const named = (verdict: EffectAnswer['verdict']) => [...new Set(touched.filter((effect) => effect.verdict === verdict).map(({ consumer }) => consumer))];
    const [broken, unknown] = [named('breaks'), named('unknown')];
    const parts = [...(broken.length > 0 ? [`breaks ${broken.join(', ')}`] : []), ...(unknown.length > 0 ? [`may break ${unknown.join(', ')}`] : [])];
    return [
      {
        code: 'plan.tolerated',
        severity: level === 'warn' ? 'warning' : 'info',
        ref,
        ...(path !== null && { at: { file: path, line: 1, column: 1 } }),
        message: `the change of ${kind} ${ref} ${parts.join(' and ')}; at the level \`${level}\` nothing is kept back`,
        hint: 'Raise it by a commit: `level: block` in build.yaml or domain.yaml.',
      },
    ];
  });
}

/** Served tables before and after, by the documents that make them. */
interface Indexed extends PlanQuestion {
  readonly byProduct: ReadonlyMap<string, readonly ServedTable[]>;
  readonly byContract: ReadonlyMap<string, readonly ServedTable[]>;
  readonly served: ReadonlyMap<string, ServedTable>;
}

function indexTables({ before, after }: PlanQuestion): Pick<Indexed, 'byProduct' | 'byContract' | 'served'> {
  const tables = servedTables(before);
  return {
    byProduct: Map.groupBy(tables, ({ product }) => product.id),
    byContract: Map.groupBy(tables, ({ contract }) => contractKey(contract)),
    served: new Map(servedTables(after).map((table) => [table.id, table])),
  };
}

/** A change that lowers the level is judged by the one before: what loosens counts from the next change on. */
function levelOf({ before, after, served }: Indexed, table: ServedTable): Level {
  const next = served.get(table.id);
  return next === undefined ? tableLevel(before, table) : stricter(tableLevel(before, table), tableLevel(after, next));
}

/** Of readers: a change that its own writer must follow is made in the same domain. */
function verdictOf(steps: readonly Step[]): Plan['verdict'] {
  const verdicts = new Set(steps.flatMap((step) => step.effects.filter(({ side }) => side === 'reader').map((effect) => effect.verdict)));
  if (verdicts.has('breaks')) return 'breaks';
  if (verdicts.has('unknown')) return 'unknown';
  if (verdicts.has('accepted')) return 'accepted';
  return verdicts.has('safe') ? 'safe' : 'nothing';
}

function writeStep(
  question: Indexed,
  document: DesiredDocument,
  stored: StoredCopy | undefined,
): { readonly step?: Step; readonly findings?: readonly Finding[] } {
  const same = stored !== undefined && (stored.body === document.body || sameValue(stored.body, document.body));
  if (same) return {};
  if (stored !== undefined && !isHome(stored.home, question.home)) return { findings: [elsewhere(document, stored)] };
  const delta = document.kind === 'product' ? productDelta(question, document) : contractDelta(question, document);
  const { changes, version, findings } = delta;
  return {
    findings,
    step: {
      op: stored === undefined ? 'create' : 'change',
      kind: document.kind,
      id: document.id,
      ref: document.ref,
      path: document.path,
      why: whyOf(delta.raw, stored, document),
      expect: stored?.version ?? 0,
      ...effectsOf(question, document, stored === undefined ? [] : delta.raw),
      changes: [...changes],
      version,
      body: { ...document.body },
    },
  };
}

/** What readers would notice, else which parts of the document differ. */
function whyOf(changes: readonly Change[], stored: StoredCopy | undefined, document: DesiredDocument): string {
  if (stored === undefined) return '';
  const [before, after] = [objectOf(stored.body['value']), objectOf(document.body['value'])];
  const version = before['version'] === after['version'] ? [] : [`version ${String(before['version'])} -> ${String(after['version'])}`];
  if (changes.length > 0) return [...version, ...changes.map((change) => change.message)].join('; ');
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => key !== 'version' && canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null),
  );
  const parts = keys.length > 0 ? [`${keys.join(', ')} changed`] : version.length > 0 ? [] : ['only its text changed'];
  return [...version, ...parts].join('; ');
}

function removeStep(question: Indexed, copy: StoredCopy): Step {
  const kind: PlannedKind = copy.kind;
  const { changes, version } = endedDelta(question, copy);
  return {
    op: 'remove',
    kind,
    id: copy.id,
    ref: copy.ref,
    path: null,
    why: 'its file is gone',
    expect: copy.version,
    ...effectsOf(question, copy, []),
    changes: [...changes],
    version,
    body: null,
  };
}

function isHome(home: Home, id: string): boolean {
  return home.kind === 'repository' && home.id === id;
}

function elsewhere(document: DesiredDocument, stored: StoredCopy): Finding {
  const ended = document.kind === 'agreement' ? ` (there it is ${meshValue({ ...stored, kind: 'agreement' }).status})` : '';
  const home = stored.home.kind === 'mesh' ? `the mesh itself${ended}` : `the repository ${stored.home.id}`;
  return {
    code: 'plan.elsewhere',
    severity: document.kind === 'agreement' ? 'warning' : 'error',
    ref: document.ref,
    at: { file: document.path, line: 1, column: 1 },
    message: `${document.kind} ${document.ref} has its home in ${home}; this file changes nothing`,
    hint:
      stored.home.kind === 'mesh'
        ? 'Remove the file, or change the agreement with hanse access.'
        : `Change it there, or remove this file. If this is that repository (its folder moved, or its first commit came later), write \`repository: ${stored.home.id}\` in hanse.yaml.`,
  };
}

/** Changes of a contract touch readers and writers of its tables; a product or contract that goes takes its tables along. */
function effectsOf(question: Indexed, document: Pick<DesiredDocument, 'kind' | 'id'>, changes: readonly Change[]): Pick<Step, 'effects' | 'migrations'> {
  if (document.kind === 'agreement') return { effects: endOf(question, document.id), migrations: [] };
  const touched =
    document.kind === 'product' ? question.byProduct.get(document.id) : document.kind === 'contract' ? question.byContract.get(document.id) : undefined;
  const tables = (touched ?? []).map((table) => {
    const relevant =
      document.kind === 'product' ? deprecatedPort(question, table) : changes.filter(({ object }) => object === undefined || object === table.object.id);
    const gone = !question.served.has(table.id) && !relevant.some((change) => change.kind === 'object-removed');
    const all = gone && ownsLoss(question, table, document) ? [...relevant, goneChange(table)] : relevant;
    const told = {
      table: tableRef(table),
      level: levelOf(question, table),
      announced: question.deprecatedAt?.get(contractKey(table.contract)) ?? question.now,
    };
    const readers = (question.usages.get(table.id) ?? []).map((usage) => {
      const accepted = usage.accepted?.filter(({ version }) => version === table.contract.version);
      const judged = all.filter(({ readers: breaks, kind }) => breaks || kind === 'deprecated');
      const effects = judged.map((change) =>
        describeEffect(judgeChange(change, { ...usage, ...(accepted !== undefined && { accepted }) }), { ...told, side: 'reader' }),
      );
      return { usage, effects };
    });
    // How a table is written is told to those who may know who reads it.
    const written = question.usages.has(table.id) ? writerEffects(question.after, table, all) : [];
    const writers = written.map((effect) => describeEffect(effect, { ...told, side: 'writer' }));
    return { effects: [...readers.flatMap(({ effects }) => effects), ...writers], migrations: migrationsOf(question, table, readers) };
  });
  return { effects: tables.flatMap(({ effects }) => effects), migrations: tables.flatMap(({ migrations }) => migrations) };
}

/** Whoever holds an agreement that ends, or gets another role, is touched by that alone. */
function endOf(question: Indexed, id: string): EffectAnswer[] {
  const before = question.before.agreements.get(id);
  const after = question.after.agreements.get(id);
  if (before?.status !== 'active' || (after?.status === 'active' && after.role === before.role)) return [];
  const { consumer } = before;
  const product = consumer.kind === 'product' ? question.before.products.get(consumer.productId) : undefined;
  const ends = after?.status !== 'active';
  const table = (question.byProduct.get(before.provider.productId) ?? []).find((each) => isAbout(before, each));
  return [
    {
      consumer: consumer.kind === 'person' ? consumer.username : product === undefined ? consumer.domain : `${product.domain}/${product.name}`,
      side: 'reader',
      kind: ends ? 'agreement-ended' : 'role-changed',
      key: ends ? 'agreement-ended' : `role-changed:${encodeURIComponent(after.role)}`,
      table: table === undefined ? null : tableRef(table),
      seenAt: null,
      noticeEnds: noticeEnd(question.now, before.noticeDays),
      toDo: ends ? 'Ask for a new agreement, or stop reading.' : 'Look whether the role still shows what you need.',
      accepted: null,
      verdict: ends ? 'breaks' : 'unknown',
      change: ends ? 'its agreement ends' : `its role changes from ${before.role} to ${after.role}`,
      column: null,
      evidence: `agreement ${id}, role ${before.role}`,
      agreement: id,
      noticeDays: before.noticeDays,
      level: table === undefined ? 'block' : levelOf(question, table),
    },
  ];
}

/** Of a product's changes, each of its tables is touched by what happens to its own port; its loss is told apart. */
function deprecatedPort({ served }: Indexed, table: ServedTable): readonly Change[] {
  const next = served.get(table.id);
  return next?.port.deprecated === true && !table.port.deprecated ? [portDeprecated(next.port, [])] : [];
}

/** The loss of a table is told once: by its product while that changes, else by its contract. */
function ownsLoss(question: PlanQuestion, table: ServedTable, { kind }: Pick<DesiredDocument, 'kind'>): boolean {
  const contract: Contract | undefined = question.after.contracts.get(`${table.contract.id}@${table.major}`);
  return kind === (contract === undefined ? 'contract' : 'product');
}

function goneChange(table: ServedTable): Change {
  return changeOf('object-removed', `table ${table.domain}.${table.name} is no longer served`, { object: table.object.id, path: [] });
}

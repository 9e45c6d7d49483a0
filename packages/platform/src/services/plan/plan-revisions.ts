import type { FindingAnswer, Plan, Revisions, TreeFiles } from '@hanse/core/api/shapes.ts';
import { withAcceptances } from '@hanse/core/change/with-acceptances.ts';
import { parseMesh } from '@hanse/core/document/parse-mesh.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { type Finding, isError } from '@hanse/core/finding/finding.ts';
import { type ConsumersLock, LOCK_FILE } from '@hanse/core/lock/consumers-lock.ts';
import { parseConsumersLock } from '@hanse/core/lock/parse-consumers-lock.ts';
import { checkCopies } from '@hanse/core/plan/mesh-errors.ts';
import type { ParsedTree } from '@hanse/core/plan/parse-tree.ts';
import type { StoredCopy } from '@hanse/core/plan/removable.ts';
import { touchedFiles } from '@hanse/core/plan/touched-files.ts';
import type { Engine } from '../../engine/engine.ts';
import { compareTree } from './compare-tree.ts';
import { parseInTurns } from './parse-in-turns.ts';
import { ELSEWHERE, treeUsages } from './tree-usages.ts';

export interface RevisionQuestion {
  readonly base: TreeFiles;
  readonly head: TreeFiles;
  /** The text of the head's consumers.lock.yaml; undefined where there is none. */
  readonly lock?: string;
  /** How old the lock may be before it tells nothing, in days. */
  readonly lockDays: number;
  /** ISO 8601 in UTC. */
  readonly now: string;
  readonly retire: readonly string[];
  readonly revisions?: Revisions;
}

/**
 * What changes between two revisions of a repository, and whom it breaks: the same steps and verdicts as a mesh to which the base was
 * applied would give, told without a mesh. Use that stands neither in the files nor in the lock is unknown, never safe.
 */
export async function planRevisions(engine: Pick<Engine, 'parse' | 'boundPlan'>, question: RevisionQuestion): Promise<Plan> {
  const { now, retire, revisions } = question;
  const knowledge = knowledgeOf(question);
  const { base, head } = touchedBy(question, knowledge);
  const parsed = await parseInTurns(head);
  const known = await parseInTurns(base, parsed);
  const stored = storedAs(known, head.home);
  const plan = await compareTree(engine, { tree: head, parsed, stored, base: 0, retire, now }, async ({ before, after, tables, uses }) =>
    tables.length === 0
      ? new Map()
      : withAcceptances(treeUsages({ before, after, tables, uses: await uses(), now, ...knowledge }), knowledge.lock?.accepted ?? []),
  );
  // What was wrong before, in a file that stays, is not what the change brings.
  const standing = new Set([...known.findings, ...checkCopies(stored, known.sources)].map(nameOf));
  const after = new Set(head.files);
  const unchanged = new Set(base.files.filter((file) => after.has(file)).map(({ path }) => path));
  const brought = plan.findings.filter((finding) => !unchanged.has(finding.at?.file ?? '') || !standing.has(nameOf(finding)));
  const findings = [...brought, ...(plan.steps.some(asksElsewhere) ? knowledge.findings : [])];
  return { ...plan, findings: findings.map((finding) => ({ ...finding })), ...(revisions !== undefined && { revisions }), seal: '' };
}

function nameOf({ code, at, message }: FindingAnswer): string {
  return `${code} ${at?.file} ${message}`;
}

/** Fewer files than these are read whole in less time than it takes to look for those that matter. */
const FEW = 1_000;

/** The part of both trees that the change can touch, where there are many files; a file that did not change is the same in both. */
function touchedBy({ base, head }: RevisionQuestion, { lock }: Knowledge): Pick<RevisionQuestion, 'base' | 'head'> {
  const now = new Map(head.files.map((file) => [file.path, file]));
  const before = base.files.map((file) => {
    const same = now.get(file.path);
    return same?.text === file.text ? same : file;
  });
  const whole = { base: { ...base, files: before }, head };
  if (head.files.length + before.length < FEW) return whole;
  const names = Object.values(lock?.tables ?? {}).flatMap(({ consumers }) => consumers.flatMap(({ consumer }) => consumer.split('/').slice(1)));
  const touched = touchedFiles({ base: before, head: head.files, names: [...new Set(names)] });
  return touched === undefined ? whole : { base: { ...base, files: [...touched.base] }, head: { ...head, files: [...touched.head] } };
}

function asksElsewhere({ effects }: Plan['steps'][number]): boolean {
  return effects.some(({ consumer, verdict }) => consumer === ELSEWHERE && verdict === 'unknown');
}

/** Documents as a mesh has them after they were applied from the repository. */
function storedAs({ documents }: ParsedTree, home: string): readonly StoredCopy[] {
  return documents.map(({ kind, id, ref, body }) => ({ kind, id, ref, body, home: { kind: 'repository', id: home }, version: 1 }));
}

/** What is known of consumers that are not in the files, and what to do where that is too little. */
export interface Knowledge {
  /** True where the repository says that all consumers are in it. */
  readonly isWhole: boolean;
  readonly lock?: ConsumersLock;
  /** Why the lock tells nothing: it is not there, faulty or too old. */
  readonly lacking?: string;
}

const DAY_MS = 86_400_000;
const PULL =
  'Write it with `hanse pull`, from a mesh that you may ask, and commit it; or say `consumers: here` in hanse.yaml, where this repository holds all.';

function knowledgeOf({ base, head, lock: text, lockDays, now }: RevisionQuestion): Knowledge & { readonly findings: readonly Finding[] } {
  // What loosens counts from the next change on.
  if (saysWhole(base) && saysWhole(head)) return { isWhole: true, findings: [] };
  const at = { file: LOCK_FILE, line: 1, column: 1 };
  const lack = (lacking: string, more: readonly Finding[] = []) => {
    const finding: Finding = {
      code: 'plan.consumers-unknown',
      severity: 'warning',
      at,
      message: `who uses these tables cannot be told: ${lacking}`,
      hint: PULL,
    };
    return { isWhole: false, lacking, findings: [...more, finding] };
  };
  if (text === undefined) return lack('there is no consumers.lock.yaml');
  const { lock, findings } = parseConsumersLock(LOCK_FILE, text);
  // Nothing is wrong with the documents: what is not known keeps a change back, not the file that should tell it.
  if (lock === undefined)
    return lack(
      'consumers.lock.yaml cannot be read',
      findings.map((finding) => ({ ...finding, severity: 'warning' })),
    );
  const age = (Date.parse(now) - Date.parse(lock.at)) / DAY_MS;
  if (age > lockDays) return { ...lack(`consumers.lock.yaml is of ${lock.at.slice(0, 10)}, older than ${lockDays} days`), lock };
  if (age < -1) return { ...lack(`consumers.lock.yaml is of ${lock.at.slice(0, 10)}, which is to come`), lock };
  return { isWhole: false, lock, findings: [{ code: 'plan.consumers-unknown', severity: 'warning', at, message: UNCOVERED, hint: PULL }] };
}

const UNCOVERED = 'consumers.lock.yaml does not cover all tables that change';

function saysWhole({ files }: TreeFiles): boolean {
  const file = files.find(({ path }) => path === 'hanse.yaml');
  const { document } = file === undefined ? {} : readYaml(file.path, file.text);
  const { mesh, findings = [] } = document === undefined ? {} : parseMesh(document);
  return mesh?.consumers === 'here' && !findings.some(isError);
}

import type { Contract, SchemaObject } from '../contract/contract.ts';
import { pointerPath } from '../document/json-pointer.ts';
import { sameValue } from '../document/same-value.ts';
import type { Path } from '../document/source-document.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { describeTest } from '../rule/describe-test.ts';
import { formatPath, type Rule } from '../rule/rule.ts';
import { formatThreshold } from '../rule/threshold.ts';
import { type Change, type ChangeKind, changeOf } from './change.ts';
import { orderRules } from './order-rules.ts';

interface Ruled {
  readonly object: SchemaObject;
  readonly contract: Contract;
}

interface RulePlace {
  /** Of the object in the later contract. */
  readonly path: Path;
  /** Ids of properties that only one of the two has. */
  readonly apart: readonly string[];
}

/**
 * Compares what the contract compiles to: each clause by its id, which is made of property ids. `after` bears the names of
 * `before`. Types, service levels and clauses of columns that come or go are told elsewhere.
 */
export function compareRules(before: Ruled, after: Ruled, place: RulePlace): readonly Change[] {
  const [was, is] = [rulesOf(before, place), rulesOf(after, place)];
  const gone = [...was].filter(([id]) => !is.has(id)).map(([, rule]) => tell(place, 'gone', { before: rule }));
  const kept = [...is].map(([id, rule]) => {
    const former = was.get(id);
    return former === undefined ? tell(place, 'new', { after: rule }) : compareRule(place, former, rule);
  });
  return [...gone, ...kept].filter((change) => change !== undefined);
}

/** Clauses of one kind are told alike; what a clause is, its pointer says. */
const CLAUSES = [
  [/\/required$/, 'required'],
  [/\/unique$/, 'unique'],
  [/\/primaryKey$/, 'key'],
  [/\/enum$/, 'values'],
  [/\/logicalTypeOptions\/[^/]+$/, 'limits'],
  [/\/quality\/\d+$/, 'rule'],
  [/\/relationships\/\d+$/, 'rule'],
] as const;

type Clause = (typeof CLAUSES)[number][1];

function clauseOf({ pointer }: Rule): Clause | undefined {
  return CLAUSES.find(([pattern]) => pattern.test(pointer))?.[1];
}

function rulesOf({ object, contract }: Ruled, { apart }: RulePlace): ReadonlyMap<string, Rule> {
  const rules = compileRules(object, { objects: contract.objects }).filter((rule) => clauseOf(rule) !== undefined);
  const parts = new Set(apart);
  const isApart = (id: string) => parts.size > 0 && [...id.matchAll(/\//g)].some(({ index }) => parts.has(id.slice(0, index)));
  return new Map(rules.filter(({ id }) => !isApart(id)).map((rule) => [rule.id, rule]));
}

type Turn = 'new' | 'gone' | 'tighter' | 'looser' | 'other';

function compareRule(place: RulePlace, before: Rule, after: Rule): Change | undefined {
  const isSame = (['test', 'where', 'tolerance', 'severity'] as const).every((part) => sameValue(before[part], after[part]));
  if (isSame) return before.expectation === after.expectation ? undefined : tell(place, 'other', { before, after }, 'words-changed');
  const order = orderRules(before, after);
  return order === 'same' ? undefined : tell(place, order, { before, after });
}

/** A limit that comes is tighter than none. */
const KINDS: Readonly<Record<Clause, Readonly<Record<Turn, ChangeKind>>>> = {
  required: { new: 'required-added', gone: 'required-dropped', tighter: 'required-added', looser: 'required-dropped', other: 'rule-changed' },
  unique: { new: 'unique-added', gone: 'unique-dropped', tighter: 'unique-added', looser: 'unique-dropped', other: 'rule-changed' },
  key: { new: 'key-added', gone: 'key-dropped', tighter: 'key-changed', looser: 'key-changed', other: 'key-changed' },
  values: { new: 'values-narrowed', gone: 'values-widened', tighter: 'values-narrowed', looser: 'values-widened', other: 'values-changed' },
  limits: { new: 'limits-tightened', gone: 'limits-loosened', tighter: 'limits-tightened', looser: 'limits-loosened', other: 'limits-changed' },
  rule: { new: 'rule-added', gone: 'rule-removed', tighter: 'rule-tightened', looser: 'rule-loosened', other: 'rule-changed' },
};

interface Turned {
  readonly before?: Rule;
  readonly after?: Rule;
}

function tell({ path }: RulePlace, turn: Turn, { before, after }: Turned, told?: ChangeKind): Change | undefined {
  const rule = after ?? before;
  const clause = rule === undefined ? undefined : clauseOf(rule);
  if (rule === undefined || clause === undefined) return undefined;
  const only = [before, after].every((one) => one === undefined || one.test.kind === 'text');
  const advice = clause === 'rule' && [before, after].every((one) => one === undefined || one.severity !== 'error');
  const kind = told ?? (only ? 'words-changed' : advice ? 'advice-changed' : KINDS[clause][turn]);
  const column = rule.path.flatMap((step) => (step.kind === 'field' ? [step.name] : [])).join('.');
  const [was, is] = [before, after].map((one) => (one === undefined ? undefined : textOf(one)));
  return changeOf(kind, sentence(clause, rule, { was, is }), {
    object: rule.reference.split('/')[1] ?? '',
    ...(column !== '' && { column }),
    ...((clause === 'rule' || clause === 'limits') && { rule: nameOf(rule) }),
    ...(was !== undefined && { before: was === is && before !== undefined ? wholeOf(before) : was }),
    ...(is !== undefined && { after: was === is && after !== undefined ? wholeOf(after) : is }),
    path: after === undefined ? path : [...path, ...pointerPath(after.pointer)],
  });
}

/** The clause's own part of the rule's id: what a quality rule is called, or which option it is. */
function nameOf({ id, pointer }: Rule): string {
  const section = /\/(quality|relationships)\/\d+$/.exec(pointer)?.[1];
  if (section === 'quality') return id.slice(id.lastIndexOf('quality/') + 'quality/'.length);
  return id.slice(id.lastIndexOf('/') + 1);
}

/** What a clause asks, from its meaning: the words of its author may stay where it changes. */
function textOf({ test, where, tolerance, severity, expectation }: Rule): string {
  const asked =
    test.kind === 'sql' && test.threshold !== undefined
      ? formatThreshold(test.threshold)
      : test.kind === 'sql' || test.kind === 'text'
        ? expectation
        : describeTest(test);
  const parts = [
    where === undefined ? '' : ` where ${where.trim()}`,
    tolerance === undefined || tolerance.value === 0 ? '' : ` but for ${tolerance.value} ${tolerance.unit}`,
    severity === 'error' ? '' : `, as ${severity}`,
  ];
  return `${asked}${parts.join('')}`;
}

/** A clause to the letter, where its short text does not tell two apart: who accepts a change accepts this one. */
function wholeOf({ test, expectation }: Rule): string {
  return test.kind === 'sql' ? `${expectation} ${test.query}` : JSON.stringify(test);
}

interface Told {
  readonly was: string | undefined;
  readonly is: string | undefined;
}

const NEW: Partial<Readonly<Record<Clause, string>>> = { required: 'is now never null', unique: 'is now unique' };
const GONE: Partial<Readonly<Record<Clause, string>>> = { required: 'may now be null', unique: 'may now repeat' };

function sentence(clause: Clause, rule: Rule, { was, is }: Told): string {
  const thing = rule.path.length === 0 ? `table ${rule.object}` : `column ${formatPath(rule.path)}`;
  const subject = clause === 'rule' ? `${thing}, rule ${nameOf(rule)}:` : thing;
  if (was === undefined) return `${subject} ${NEW[clause] ?? `now ${is}`}`;
  if (is === undefined) return GONE[clause] === undefined ? `${thing}: no longer promised that it ${was}` : `${subject} ${GONE[clause]}`;
  return was === is ? `${subject} asks it otherwise (${is})` : `${subject} now ${is}, before: ${was}`;
}

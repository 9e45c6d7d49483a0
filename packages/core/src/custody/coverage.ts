import type { Contract, SchemaObject } from '../contract/contract.ts';
import { isUnrestricted } from '../restriction/restriction.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { formatPath, type Rule } from '../rule/rule.ts';
import type { Custody } from './custody.ts';

/** How far a clause is kept: a breach is kept from happening, is noticed, or is up to people. */
export type Coverage = 'enforced' | 'observed' | 'only words';

export type ClauseKind = 'rule' | 'service level' | 'role' | 'change' | 'notice';

export interface CoveredClause {
  readonly kind: ClauseKind;
  /** As people say it: `amount must be at least 0`. */
  readonly clause: string;
  readonly coverage: Coverage;
  /** By what, or why not. */
  readonly how: string;
  /** As ODCS writes references, where the clause has one. */
  readonly reference?: string;
}

export interface CoverageQuestion {
  readonly contract: Pick<Contract, 'objects' | 'sla' | 'roles'>;
  readonly object: SchemaObject;
  readonly custody: Custody;
  /** What a broken rule does at the table. */
  readonly level: 'observe' | 'warn' | 'block';
  /** Whether agreements are granted in the database that the table lies in. */
  readonly granted: boolean;
}

/** Where a clause can be enforced at all; each has a test that proves it. */
export const enforceable = ['held/rule', 'held/role', 'held/change', 'in place, connected/role'] as const;

/** Every clause of a table's contract with how far it is kept. */
export function coverageOf(question: CoverageQuestion): readonly CoveredClause[] {
  const { contract, object } = question;
  return [
    ...compileRules(object, contract).map((rule) => ruleClause(rule, question)),
    ...contract.roles.map((role): CoveredClause => ({
      kind: 'role',
      clause: `the role ${role.name} sees ${isUnrestricted(role.restriction) ? 'everything' : 'less'}`,
      ...ofRole(question, isUnrestricted(role.restriction)),
    })),
    { kind: 'change', clause: 'no reader is broken within a major version', ...ofChange(question) },
    {
      kind: 'notice',
      clause: 'readers are told before a change, by the days of their agreements',
      coverage: 'observed',
      how: 'each plan names them with their days',
    },
  ];
}

interface Kept {
  readonly coverage: Coverage;
  readonly how: string;
}

const UNSEEN: Kept = { coverage: 'only words', how: 'nobody looks at it where it lies' };

function ruleClause(rule: Rule, question: CoverageQuestion): CoveredClause {
  const { reference, test } = rule;
  const level = reference.startsWith('slaProperties/');
  const subject = formatPath(rule.path) || rule.object;
  const kept = wordsOnly(rule, question) ?? (level && test.kind !== 'metric' ? ofLevel(question) : ofRule(rule, question));
  return { kind: level ? 'service level' : 'rule', clause: `${subject} ${rule.expectation}`, ...kept, reference };
}

/** What nobody measures, wherever the data lies. */
function wordsOnly({ test }: Rule, { custody }: CoverageQuestion): Kept | undefined {
  switch (test.kind) {
    case 'text':
      return { coverage: 'only words', how: 'it is written for people' };
    case 'words':
      return { coverage: 'only words', how: test.why };
    case 'unsupported':
      return { coverage: 'only words', how: `not evaluated: ${test.what}` };
    case 'custom':
      return custody === 'in place, through dbt' && test.what.startsWith('dbt')
        ? undefined
        : { coverage: 'only words', how: `a check of another tool, ${test.what}` };
    default:
      return undefined;
  }
}

const OF_VERSIONS: ReadonlySet<Rule['test']['kind']> = new Set(['history', 'rowsLost', 'keysVanished', 'lateUpdates']);

function ofRule({ test, severity }: Rule, { custody, level }: CoverageQuestion): Kept {
  switch (custody) {
    case 'held':
      if (level === 'block' && severity === 'error') return { coverage: 'enforced', how: 'a version that breaks it is not published' };
      return { coverage: 'observed', how: severity === 'error' ? `at level ${level} a broken version is published and marked` : 'its severity only warns' };
    case 'in place, connected':
      if (OF_VERSIONS.has(test.kind)) return { coverage: 'only words', how: 'it compares with versions before, which nobody keeps there' };
      return { coverage: 'observed', how: 'hanse test judges it where it lies' };
    case 'in place, through dbt':
      if (OF_VERSIONS.has(test.kind) || test.kind === 'reconciliation') return { coverage: 'only words', how: 'no dbt test asks such a thing' };
      return { coverage: 'observed', how: test.kind === 'schema' ? 'by dbt’s contract or catalog' : 'by a test of the dbt project: hanse test --from' };
    case 'in place':
      return UNSEEN;
    default:
      return custody satisfies never;
  }
}

/** A service level lapses between publications, when nothing runs that could refuse. */
function ofLevel({ custody }: CoverageQuestion): Kept {
  if (custody === 'held') return { coverage: 'observed', how: 'judged at each publication; hanse status says when it is late' };
  if (custody === 'in place, connected') return { coverage: 'observed', how: 'hanse test judges it where it lies' };
  return custody === 'in place' ? UNSEEN : { coverage: 'observed', how: 'by when dbt ran: hanse test --from' };
}

function ofRole({ custody, granted }: CoverageQuestion, whole: boolean): Kept {
  if (custody === 'held') return { coverage: 'enforced', how: 'a reader’s SQL runs where only the role’s rows and columns are' };
  if (custody === 'in place, connected' && granted) return { coverage: 'enforced', how: 'by views and grants in the database, which hanse status watches' };
  if (custody === 'in place, through dbt' && whole)
    return { coverage: 'only words', how: 'a dbt grant that the domain runs; nobody looks at what the database then has' };
  return { coverage: 'only words', how: 'the database lets read whom it lets read' };
}

function ofChange({ custody, level }: CoverageQuestion): Kept {
  if (custody !== 'held') return { coverage: 'observed', how: 'the contract’s changes are judged; the table itself is not held' };
  if (level === 'block') return { coverage: 'enforced', how: 'apply refuses what breaks a reader' };
  return { coverage: 'observed', how: `at level ${level} what breaks a reader is told and applied` };
}

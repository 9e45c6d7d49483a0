import { sqlName } from '../adopt/adopted-name.ts';
import type { DbtNode } from '../adopt/dbt/manifest.ts';
import { ownTests, othersTests, writtenTest } from '../adopt/dbt/tests-about.ts';
import { type Clause, translateTest } from '../adopt/dbt/translate-test.ts';
import type { JsonObject } from '../document/document.ts';
import { pointerPath } from '../document/json-pointer.ts';
import { listOf, objectOf } from '../document/json.ts';
import { valueAt } from '../document/path-text.ts';
import { sameValue } from '../document/same-value.ts';
import { physicalPath } from '../rule/physical-path.ts';
import { formatPath, type Path, type Rule } from '../rule/rule.ts';
import type { TestedModel } from './tested-model.ts';

/** Who in a dbt project asks what a contract's rule asks. */
export type Asking =
  | { readonly kind: 'tests'; readonly tests: readonly AskingTest[] }
  /** A test for the rule is there, and asks something else than the contract does now. */
  | { readonly kind: 'otherwise'; readonly test: DbtNode }
  | { readonly kind: 'nobody' };

export interface AskingTest {
  readonly node: DbtNode;
  /** Which of the test's two limits the rule holds, where it has two. */
  readonly limit?: 'fails' | 'warns';
}

/** Finds the tests by what they ask, not by their names: one that was changed since is told as such. */
export function askedBy(rule: Rule, tested: TestedModel): Asking {
  const ours = ownTests(tested.manifest, tested.model).find((test) => {
    const said = writtenTest(test);
    return said?.rule === rule.id && said.contract === tested.contractId;
  });
  if (ours !== undefined) return { kind: 'tests', tests: [{ node: ours }] };
  return askedByOthers(rule, tested);
}

/** The same, but for tests that Hanse wrote. */
export function askedByOthers(rule: Rule, tested: TestedModel): Asking {
  const tests = othersTests(tested.manifest, tested.model);
  const given = tests.flatMap((node) => translateTest(node, tested.model).map((clause, index, { length }): Given => ({ node, clause, index, of: length })));
  const quality = rule.pointer.includes('/quality/') ? objectOf(valueAt(tested.written, pointerPath(rule.pointer))) : undefined;
  if (quality !== undefined) return askedInWords(quality, given);
  if (rule.where !== undefined || rule.tolerance !== undefined) return NOBODY;
  const { test } = rule;
  const at = (path: Path) => physicalPath(path, tested.object);
  switch (test.kind) {
    case 'required':
    case 'unique':
      return found(given.filter(({ clause }) => clause.kind === test.kind && isColumn(clause.column, at(rule.path))));
    case 'enum':
      return chosen(
        given.filter(({ clause }) => clause.kind === 'enum' && isColumn(clause.column, at(rule.path))),
        ({ clause }) => clause.kind === 'enum' && isSameSet(clause.values, test.values),
      );
    case 'relationship': {
      const [own, to] = [at(test.columns[0] ?? []), test.to.columns[0] ?? []];
      return chosen(
        given.filter(({ clause }) => test.columns.length === 1 && clause.kind === 'relationship' && isColumn(clause.column, own)),
        ({ clause }) => clause.kind === 'relationship' && isColumn(clause.field, to) && isTarget(tested.manifest.nodes[clause.to], test.to.relation),
      );
    }
    case 'primaryKey':
      return askedAsKey(test.columns.map(at), given);
    default:
      return NOBODY;
  }
}

interface Given {
  readonly node: DbtNode;
  readonly clause: Clause;
  readonly index: number;
  readonly of: number;
}

const NOBODY: Asking = { kind: 'nobody' };

function found(given: readonly Given[]): Asking {
  return given.length === 0 ? NOBODY : { kind: 'tests', tests: given.map(({ node }) => ({ node })) };
}

function chosen(candidates: readonly Given[], isSame: (given: Given) => boolean): Asking {
  const same = candidates.filter(isSame);
  const [other] = candidates;
  return same.length === 0 && other !== undefined ? { kind: 'otherwise', test: other.node } : found(same);
}

/** A quality rule bears the name of the test that it was made of; what both ask is compared. */
function askedInWords(quality: JsonObject, given: readonly Given[]): Asking {
  const implementation = objectOf(quality['implementation']);
  const named = given.filter(({ clause, node }) => {
    if (quality['type'] === 'custom') return implementation['uniqueId'] === node.unique_id || implementation['name'] === node.name;
    return clause.kind === 'quality' && quality['id'] !== undefined && clause.rule['id'] === quality['id'];
  });
  const [first] = named;
  if (first === undefined) return NOBODY;
  if (quality['type'] === 'custom') return { kind: 'tests', tests: [{ node: first.node }] };
  if (first.clause.kind !== 'quality' || !sameValue(meaningOf(first.clause.rule), meaningOf(quality))) return { kind: 'otherwise', test: first.node };
  return { kind: 'tests', tests: [{ node: first.node, ...(first.of > 1 && { limit: first.index === 0 ? 'fails' : 'warns' }) }] };
}

const WORDS = new Set(['id', 'name', 'description', 'severity', 'dimension', 'businessImpact', 'tags', 'authoritativeDefinitions', 'schedule', 'scheduler']);

function meaningOf(rule: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => !WORDS.has(key)));
}

/** A key is asked for by a test that it is unique and one for each column that it is there. */
function askedAsKey(columns: readonly Path[], given: readonly Given[]): Asking {
  const present = columns.map((path) => given.filter(({ clause }) => clause.kind === 'required' && isColumn(clause.column, path)));
  const names = columns.map((path) => formatPath(path).toLowerCase());
  const unique =
    columns.length === 1
      ? given.filter(({ clause }) => clause.kind === 'unique' && isColumn(clause.column, columns[0] ?? []))
      : given.filter(({ node }) => {
          const { name, kwargs } = node.test_metadata ?? {};
          const combined = listOf(kwargs?.['combination_of_columns']).map((one) => String(one).toLowerCase());
          return name === 'unique_combination_of_columns' && isSameSet(combined, names);
        });
  return unique.length === 0 || present.some((one) => one.length === 0) ? NOBODY : found([...unique, ...present.flat()]);
}

function isTarget(node: DbtNode | undefined, relation: string): boolean {
  const name = relation.replace(/^.*[.#]/, '');
  return node !== undefined && (sqlName(node.name) === name || node.alias === name || sqlName(node.alias ?? '') === name);
}

function isColumn(column: string | undefined, path: Path): boolean {
  return column?.toLowerCase() === formatPath(path).toLowerCase();
}

function isSameSet(one: readonly (string | number | boolean)[], other: readonly (string | number | boolean)[]): boolean {
  const [here, there] = [new Set(one.map(String)), new Set(other.map(String))];
  return here.size === there.size && [...here].every((value) => there.has(value));
}

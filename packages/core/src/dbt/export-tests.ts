import type { DbtNode, Manifest } from '../adopt/dbt/manifest.ts';
import type { Left } from '../adopt/draft.ts';
import type { Contract } from '../contract/contract.ts';
import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf } from '../document/json.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { formatPath, type Rule } from '../rule/rule.ts';
import { askedByOthers } from './asked-by.ts';
import { formatGrants } from './format-grants.ts';
import { modelOf, type WritingModel } from './tested-model.ts';
import { testName, testText } from './test-text.ts';

/** What a contract adds to a dbt project. */
export interface DbtExport {
  /** Folders, below the project, whose marked files are all of this export. */
  readonly folders: readonly string[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Rules that a test of the project asks already. */
  readonly asked: readonly { readonly what: string; readonly by: string }[];
  /** What dbt cannot hold, or where it cannot be written, and why. */
  readonly left: readonly Left[];
}

export interface DbtProject {
  readonly manifest: Manifest;
  /** The first of `test-paths` and of `model-paths`. */
  readonly testPath: string;
  readonly modelPath: string;
}

/**
 * A contract's rules as singular tests of a dbt project: a file for each rule, in a folder for each model, because dbt takes one description
 * of a model and one test of a SQL file. What the project's own tests ask already is not asked again.
 */
export function exportTests(contract: Contract, written: JsonObject, project: DbtProject): DbtExport {
  const parts = contract.objects.map((object, index): DbtExport => {
    const own = objectOf(listOf(written['schema'])[index]);
    const model = modelOf(project.manifest, own, written);
    if (model === undefined) return { ...NOTHING, left: [{ what: object.name, why: 'no model of the project is its table' }] };
    const rules = compileRules(object, contract);
    return exportModel(rules, { manifest: project.manifest, model, object, written: own, contract: written, contractId: contract.id }, project);
  });
  return {
    folders: parts.flatMap(({ folders }) => folders),
    files: parts.flatMap(({ files }) => files),
    asked: parts.flatMap(({ asked }) => asked),
    left: parts.flatMap(({ left }) => left),
  };
}

const NOTHING: DbtExport = { folders: [], files: [], asked: [], left: [] };

function exportModel(rules: readonly Rule[], writing: WritingModel, { testPath, modelPath }: DbtProject): DbtExport {
  const { model, contract } = writing;
  const folder = `${testPath}/hanse/${labelOf(model)}`;
  const each = rules.map((rule): DbtExport => {
    const what = `${rule.object}: ${formatPath(rule.path)} ${rule.expectation}`.replaceAll(/\s+/g, ' ');
    const asking = askedByOthers(rule, writing);
    if (asking.kind === 'tests') return { ...NOTHING, asked: [{ what, by: asking.tests.map(({ node }) => node.name).join(', ') }] };
    const test = testText(rule, writing);
    return 'why' in test
      ? { ...NOTHING, left: [{ what, why: test.why }] }
      : { ...NOTHING, files: [{ path: `${folder}/${testName(rule, model)}.sql`, text: test.text }] };
  });
  const path = `${modelPath}/hanse/${labelOf(model)}.yml`;
  const grants = formatGrants(contract, model, path);
  return {
    folders: [folder],
    files: [...each.flatMap(({ files }) => files), ...(grants.text === undefined ? [] : [{ path, text: grants.text }])],
    asked: each.flatMap(({ asked }) => asked),
    left: [...each.flatMap(({ left }) => left), ...grants.left],
  };
}

function labelOf({ alias, name }: DbtNode): string {
  return alias ?? name;
}

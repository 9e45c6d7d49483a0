import { compiledOnly } from '../../dbt/compiled-only.ts';
import type { JsonObject, JsonValue } from '../../document/document.ts';
import { optional } from '../../document/json.ts';
import { addressName, sqlName, stableId } from '../adopted-name.ts';
import {
  bareColumn,
  type CustomProperty,
  type Draft,
  type DraftColumn,
  type DraftContract,
  type DraftProduct,
  type DraftTable,
  type DraftTeam,
  type Left,
} from '../draft.ts';
import { logicalTypeOf } from '../logical-type.ts';
import { suggestClassification } from '../suggest-classification.ts';
import type { DbtArtifacts, DbtColumn, DbtConstraint, DbtNode } from './manifest.ts';
import { ownModels, selectModels } from './select-models.ts';
import { isAbout, othersTests, writtenTest } from './tests-about.ts';
import { type Clause, translateTest } from './translate-test.ts';

export interface DbtOptions {
  readonly select?: string;
  readonly domain?: string;
  /** ODCS server of a model: the adapter's place, with `${VAR}` where the manifest does not say. */
  readonly server: (model: DbtNode, domain: string) => JsonObject;
}

/** Drafts of a dbt project: a product for each chosen model, with a contract for each version of it. */
export function draftDbt(artifacts: DbtArtifacts, options: DbtOptions): Draft {
  const { manifest } = artifacts;
  const { models, why } = selectModels(manifest, options.select);
  const project = manifest.metadata.project_name ?? models[0]?.package_name ?? 'dbt';
  const domain = options.domain ?? addressName(project);
  const byName = Map.groupBy(models, ({ name }) => name);
  const drafting: Drafting = { artifacts, options, domain, adopted: new Map(models.map((model) => [model.unique_id, model])) };
  const products = [...byName.values()].map((versions) => draftProduct(drafting, versions));
  const schema = /(v\d+)\.json/.exec(manifest.metadata.dbt_schema_version)?.[1] ?? 'of an unknown version';
  return {
    origin: `the dbt project ${project} (dbt ${manifest.metadata.dbt_version ?? 'of an unknown version'}, manifest ${schema}): ${why}`,
    domain,
    ...optional('owner', products.flatMap(({ team }) => team?.members ?? []).find(({ role }) => role === 'owner')?.username),
    products,
    left: leftOut(drafting),
    notes: [...resultNotes(drafting), ...missingNotes(artifacts)],
  };
}

interface Drafting {
  readonly artifacts: DbtArtifacts;
  readonly options: DbtOptions;
  readonly domain: string;
  readonly adopted: ReadonlyMap<string, DbtNode>;
}

function draftProduct(drafting: Drafting, versions: readonly DbtNode[]): DraftProduct {
  const { manifest } = drafting.artifacts;
  const sorted = versions.toSorted((a, b) => Number(b.version ?? 0) - Number(a.version ?? 0));
  const latest = sorted.find(({ version, latest_version: newest }) => String(version) === String(newest)) ?? sorted[0];
  const ids = new Set(versions.map(({ unique_id }) => unique_id));
  const exposures = Object.values(manifest.exposures ?? {}).filter(({ depends_on }) => depends_on?.nodes?.some((id) => ids.has(id)));
  const readers = exposures.map(({ name, type, owner }) => `${name}${type ? ` (${type}${owner?.name ? `, ${owner.name}` : ''})` : ''}`);
  return {
    name: addressName(latest?.name ?? ''),
    ...optional('description', wordsOf(latest?.description)),
    ...(readers.length > 0 && { usage: `Read by dbt exposures: ${readers.join(', ')}.` }),
    tags: [...new Set(versions.flatMap(tagsOf))],
    ...optional('team', teamOf(drafting, latest)),
    contracts: sorted.map((model) => draftContract(drafting, model)),
  };
}

function teamOf({ artifacts }: Drafting, model: DbtNode | undefined): DraftTeam | undefined {
  const name = model?.group ?? model?.config?.group;
  if (name === undefined || name === null) return undefined;
  const owner = Object.values(artifacts.manifest.groups ?? {}).find((group) => group.name === name)?.owner;
  const email = [owner?.email ?? []].flat()[0];
  const username = email?.split('@')[0] ?? owner?.name ?? undefined;
  return { name, members: username === undefined ? [] : [{ username: addressName(username), ...(owner?.name && { name: owner.name }), role: 'owner' }] };
}

function draftContract(drafting: Drafting, model: DbtNode): DraftContract {
  const meta = { ...model.meta, ...model.config?.meta };
  const custom: CustomProperty[] = [
    { property: 'dbtModel', value: model.unique_id },
    ...(Object.keys(meta).length > 0 ? [{ property: 'dbtMeta', value: meta }] : []),
  ];
  return {
    name: sqlName(model.name),
    version: /^\d+$/.test(String(model.version)) ? `${model.version}.0.0` : '1.0.0',
    ...(model.deprecation_date && { deprecated: true }),
    ...optional('description', wordsOf(model.description)),
    servers: [drafting.options.server(model, drafting.domain)],
    tables: [draftTable(drafting, model)],
    customProperties: model.deprecation_date ? [...custom, { property: 'deprecationDate', value: model.deprecation_date }] : custom,
  };
}

function draftTable(drafting: Drafting, model: DbtNode): DraftTable {
  const { manifest, catalog } = drafting.artifacts;
  const tests = othersTests(manifest, model);
  const clauses = [...(model.constraints ?? []).flatMap((one) => ofConstraint(one, undefined)), ...tests.flatMap((test) => translateTest(test, model))];
  const columns = columnsOf(model, catalog?.nodes[model.unique_id]?.columns);
  const inner = columns.flatMap(({ documented }) => (documented?.constraints ?? []).flatMap((one) => ofConstraint(one, documented?.name)));
  const all = [...inner, ...clauses].map((clause) => settle(drafting, clause, model));
  const known = new Set(columns.map(({ name }) => name.toLowerCase()));
  const rules = all.flatMap((clause) =>
    clause.kind === 'quality' && (clause.column === undefined || !known.has(clause.column.toLowerCase())) ? [clause.rule] : [],
  );
  const key = [
    ...(model.constraints ?? []),
    ...columns.flatMap(({ documented }) => (documented?.constraints ?? []).map((one) => ({ ...one, columns: [documented?.name ?? ''] }))),
  ].find(({ type }) => type === 'primary_key');
  const table = model.alias ?? model.name;
  return {
    name: sqlName(model.name),
    ...(table !== sqlName(model.name) && { physicalName: table }),
    physicalType: model.config?.materialized === 'view' ? 'view' : 'table',
    ...optional('description', wordsOf(model.description) ?? wordsOf(catalog?.nodes[model.unique_id]?.metadata.comment)),
    tags: tagsOf(model),
    columns: columns.map((column) =>
      draftColumn(
        column,
        all.filter((clause) => clause.column?.toLowerCase() === column.name.toLowerCase()),
        key?.columns ?? [],
      ),
    ),
    quality: distinct(rules),
    relationships: [],
  };
}

interface Found {
  readonly name: string;
  readonly type?: string;
  readonly comment?: string;
  readonly documented?: DbtColumn;
}

/** The table's columns in its order; then those that are documented and were not found there. */
function columnsOf(model: DbtNode, built: NonNullable<DbtArtifacts['catalog']>['nodes'][string]['columns'] | undefined): readonly Found[] {
  const documented = Object.values(model.columns ?? {});
  const found = Object.values(built ?? {}).toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  const real = found.map((column): Found => ({
    name: column.name,
    type: column.type,
    ...(column.comment && { comment: column.comment }),
    ...optional(
      'documented',
      documented.find(({ name }) => name.toLowerCase() === column.name.toLowerCase()),
    ),
  }));
  const rest = built === undefined ? documented : [];
  return [...real, ...rest.map((column): Found => ({ name: column.name, documented: column }))];
}

function draftColumn({ name, type, comment, documented }: Found, clauses: readonly Clause[], key: readonly string[]): DraftColumn {
  const physicalType = type ?? documented?.data_type ?? undefined;
  const logicalType = physicalType === undefined ? undefined : logicalTypeOf(physicalType);
  const values = clauses.flatMap((clause) => (clause.kind === 'enum' ? [clause.values] : []))[0] ?? [];
  const position = key.findIndex((one) => one.toLowerCase() === name.toLowerCase()) + 1;
  const meta = { ...documented?.meta, ...documented?.config?.meta };
  return {
    ...bareColumn(name),
    ...optional('description', wordsOf(documented?.description) ?? wordsOf(comment)),
    ...optional('physicalType', physicalType),
    ...optional('logicalType', logicalType),
    ...(clauses.some(({ kind }) => kind === 'required') && { required: true }),
    ...(clauses.some(({ kind }) => kind === 'unique') && { unique: true }),
    ...(position > 0 && { primaryKeyPosition: position }),
    tags: [...new Set([...(documented?.tags ?? []), ...(documented?.config?.tags ?? [])])],
    enum: logicalType === 'integer' || logicalType === 'number' ? values.map((value) => (Number.isNaN(Number(value)) ? value : Number(value))) : values,
    quality: distinct(clauses.flatMap((clause) => (clause.kind === 'quality' ? [clause.rule] : []))),
    relationships: [...new Set(clauses.flatMap((clause) => (clause.kind === 'relationship' ? [`${clause.to}.${clause.field}`] : [])))].map((to) => ({ to })),
    customProperties: Object.keys(meta).length > 0 ? [{ property: 'dbtMeta', value: meta }] : [],
    ...optional('suggestion', suggestClassification({ name, ...optional('logicalType', logicalType), values: [] })),
  };
}

/** A constraint says as much as the test of its name; what a platform does not enforce is a promise all the same. */
function ofConstraint({ type, name, expression, columns }: DbtConstraint, column: string | undefined): readonly Clause[] {
  const own = column ?? (columns?.length === 1 ? columns[0] : undefined);
  if ((type === 'not_null' || type === 'unique') && own !== undefined) return [{ kind: type === 'unique' ? 'unique' : 'required', column: own }];
  if (type === 'primary_key') return (column === undefined ? (columns ?? []) : [column]).map((each) => ({ kind: 'required', column: each }));
  if (type === 'check' && expression) {
    const label = name ?? `check ${column ?? ''} ${expression}`.slice(0, 60);
    return [
      {
        kind: 'quality',
        rule: { id: stableId(label), name: label, type: 'sql', query: `SELECT count(*) FROM \${object} WHERE NOT (${expression})`, mustBe: 0 },
      },
    ];
  }
  const what: JsonObject = { constraint: type, ...optional('expression', expression ?? undefined), ...(columns && { columns }) };
  return [
    {
      kind: 'quality',
      ...optional('column', column),
      rule: { id: stableId(name ?? `${type}_${column ?? columns?.join('_') ?? ''}`), type: 'custom', engine: 'dbt', implementation: what },
    },
  ];
}

/** A relationship leads to an adopted table by its name in the mesh; to another it is kept as a rule that names it. */
function settle({ adopted, domain }: Drafting, clause: Clause, model: DbtNode): Clause {
  if (clause.kind !== 'relationship') return clause;
  const target = adopted.get(clause.to);
  if (target !== undefined) return { ...clause, to: target === model ? sqlName(target.name) : `${domain}.${sqlName(target.name)}` };
  const id = stableId(`${clause.column}_refers_to_${clause.to}`);
  return {
    kind: 'quality',
    column: clause.column,
    rule: { id, type: 'custom', engine: 'dbt', implementation: { test: 'relationships', to: clause.to, field: clause.field } },
  };
}

function distinct(rules: readonly JsonObject[]): readonly JsonObject[] {
  const ids = new Set<JsonValue | undefined>();
  return rules.filter(({ id }) => id === undefined || ids.size < ids.add(id).size);
}

function leftOut({ artifacts, adopted }: Drafting): readonly Left[] {
  const { manifest } = artifacts;
  const others = ownModels(manifest).filter(({ unique_id }) => !adopted.has(unique_id));
  const spanning = Object.values(manifest.nodes).filter(
    (node) =>
      node.resource_type === 'test' &&
      writtenTest(node) === undefined &&
      ![...adopted.values()].some((model) => isAbout(node, model)) &&
      node.depends_on?.nodes?.some((id) => adopted.has(id)),
  );
  return [
    ...others.map(({ name, access }) => ({ what: `model ${name}`, why: `${access ?? 'protected'}, and not selected` })),
    ...spanning.map(({ name }) => ({ what: `test ${name}`, why: 'it belongs to another model' })),
    ...Object.values(manifest.sources ?? {}).map(({ name, source_name: group }) => ({
      what: `source ${group ?? ''}.${name}`,
      why: 'it is another team’s to promise',
    })),
  ];
}

function resultNotes({ artifacts, adopted }: Drafting): readonly string[] {
  const { runResults, manifest } = artifacts;
  if (runResults === undefined) return [];
  const command = compiledOnly(runResults);
  if (command !== undefined) return [`run_results.json is of \`dbt ${command}\`, which runs no test.`];
  const about = new Set(
    Object.values(manifest.nodes)
      .filter((node) => node.resource_type === 'test' && [...adopted.values()].some((model) => isAbout(node, model)))
      .map(({ unique_id }) => unique_id),
  );
  const results = runResults.results.filter(({ unique_id }) => about.has(unique_id));
  const bad = results
    .filter(({ status }) => status !== 'pass')
    .map(({ unique_id, status, failures }) => `${unique_id.split('.')[2] ?? unique_id}: ${status}${failures ? ` (${failures})` : ''}`);
  return results.length === 0
    ? []
    : [
        `dbt ran ${results.length} of these tests at ${runResults.metadata.generated_at ?? 'an unknown time'}: ${results.length - bad.length} passed.`,
        ...bad.map((line) => `dbt said: ${line}`),
      ];
}

function missingNotes({ catalog, sources }: DbtArtifacts): readonly string[] {
  const late = (sources?.results ?? []).filter(({ status }) => status !== 'pass').map(({ unique_id, status }) => `source ${unique_id}: ${status}`);
  return [
    ...(catalog === undefined
      ? ['There is no catalog.json, so columns and types are those that are documented: run `dbt docs generate --no-compile` for all of them.']
      : []),
    ...late,
  ];
}

function tagsOf(model: DbtNode): readonly string[] {
  return [...new Set([...(model.tags ?? []), ...(model.config?.tags ?? [])])];
}

function wordsOf(text: string | null | undefined): string | undefined {
  const words = text?.trim() ?? '';
  return words === '' ? undefined : words;
}

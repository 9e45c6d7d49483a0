import type { JsonObject, JsonValue } from '../../document/document.ts';
import { isObject, listOf, objectOf, optional, textOf } from '../../document/json.ts';
import type { Dataset } from './dataset.ts';

/** What an event of OpenLineage says of a job's reading. */
export interface JobRead {
  /** `START`, `RUNNING`, `COMPLETE`, ...; upper case. */
  readonly type: string;
  readonly job: Dataset;
  readonly runId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly inputs: readonly DatasetRead[];
  /** The job's statement, where the event has it. */
  readonly sql?: { readonly query: string; readonly dialect?: string };
}

/** A dataset under all names that it goes by, and the columns of it that the job uses. */
export interface DatasetRead {
  readonly names: readonly Dataset[];
  /** Undefined where the event does not tell all of them. */
  readonly columns: readonly string[] | undefined;
}

/** Each is looked for among all tables of the mesh. */
const MOST_INPUTS = 1_000;
const MOST_NAMES = 20;

/**
 * Reads one run event (OpenLineage 2-0-2, and the versions before it); undefined for the standard's other events. Facets that are not
 * known are passed over. A text says what is wrong with an event that is none.
 */
export function readRunEvent(event: JsonValue): JobRead | string | undefined {
  if (!isObject(event)) return 'an event is a JSON object';
  if (event['run'] === undefined) return event['job'] === undefined && event['dataset'] === undefined ? 'an event has a run, a job or a dataset' : undefined;
  const [run, job] = [objectOf(event['run']), objectOf(event['job'])];
  const runId = textOf(run['runId']);
  const named = datasetOf(job);
  const at = Date.parse(textOf(event['eventTime']) ?? '');
  if (runId === undefined) return '`run.runId` is missing';
  if (named === undefined) return '`job.namespace` or `job.name` is missing';
  if (Number.isNaN(at) || !/^\d{4}-/.test(new Date(at).toISOString())) return '`eventTime` is no time';
  const lineages = listOf(event['outputs']).map((output) => objectOf(objectOf(objectOf(output)['facets'])['columnLineage']));
  if (listOf(event['inputs']).length > MOST_INPUTS) return `an event has at most ${MOST_INPUTS} inputs`;
  const columns = columnsOf(lineages);
  const inputs = listOf(event['inputs']).flatMap((input) => inputOf(objectOf(input), columns));
  return {
    type: (textOf(event['eventType']) ?? 'OTHER').toUpperCase(),
    job: named,
    runId,
    at: new Date(at).toISOString(),
    inputs,
    ...optional('sql', sqlOf(job)),
  };
}

function datasetOf(written: JsonObject): Dataset | undefined {
  const [namespace, name] = [textOf(written['namespace']), textOf(written['name'])];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

function inputOf(written: JsonObject, columns: Columns | undefined): readonly DatasetRead[] {
  const dataset = datasetOf(written);
  if (dataset === undefined) return [];
  const others = listOf(objectOf(objectOf(written['facets'])['symlinks'])['identifiers'])
    .slice(0, MOST_NAMES)
    .flatMap((link) => datasetOf(objectOf(link)) ?? []);
  return [{ names: [dataset, ...others], columns: columns && [...(columns.get(keyOf(dataset.namespace, dataset.name)) ?? [])].toSorted() }];
}

/** The columns that an event tells of each dataset. */
type Columns = ReadonlyMap<string, ReadonlySet<string>>;

function keyOf(namespace: string | undefined, name: string | undefined): string {
  return JSON.stringify([namespace, name]);
}

/** Producers that tell what filters and joins give each dependency a type; of the others' lineage nobody knows what is left out. */
function columnsOf(lineages: readonly JsonObject[]): Columns | undefined {
  const told = lineages.filter((lineage) => lineage['fields'] !== undefined);
  if (told.length === 0 || told.length < lineages.length) return undefined;
  const fields = told.flatMap((lineage) => [
    ...Object.values(objectOf(lineage['fields'])).flatMap((field) => listOf(objectOf(field)['inputFields'])),
    ...listOf(lineage['dataset']),
  ]);
  const typed = fields.every((field) => listOf(objectOf(field)['transformations']).some((one) => objectOf(one)['type'] !== undefined));
  if (!typed) return undefined;
  const columns = new Map<string, Set<string>>();
  for (const { namespace, name, field } of fields.map(objectOf)) {
    const key = keyOf(textOf(namespace), textOf(name));
    const known = columns.get(key) ?? new Set();
    columns.set(key, known);
    const column = textOf(field);
    if (column !== undefined) known.add(column);
  }
  return columns;
}

function sqlOf(job: JsonObject): JobRead['sql'] {
  const facet = objectOf(objectOf(job['facets'])['sql']);
  const query = textOf(facet['query']);
  return query === undefined ? undefined : { query, ...optional('dialect', textOf(facet['dialect'])) };
}

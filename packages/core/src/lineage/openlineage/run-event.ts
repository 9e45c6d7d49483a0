import type { CheckAnswer, RunAnswer } from '../../api/shapes.ts';
import type { JsonObject } from '../../document/document.ts';
import type { Mesh } from '../../mesh/mesh.ts';
import type { ServedTable } from '../../mesh/served-table.ts';
import { contractColumns } from '../../table/contract-columns.ts';
import { formatType } from '../../table/wanted-type.ts';
import type { ColumnLineage } from '../column-lineage.ts';
import type { SourceColumn } from '../source-column.ts';
import { type Dataset, meshNamespace, namedDataset, tableDataset } from './dataset.ts';
import { eventSchema, facet, PRODUCER } from './facet.ts';

/** What happened to one run, as the log tells it. */
export interface RunTold {
  readonly meshName: string;
  /** Of Hanse. */
  readonly version: string;
  /** Of the log entry; ISO 8601 in UTC. */
  readonly at: string;
  readonly run: Pick<RunAnswer, 'id' | 'ref' | 'outcome' | 'checks' | 'rows' | 'filesWritten'>;
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
  /** What is built; undefined where the mesh serves it no more. */
  readonly table?: ServedTable;
  readonly sql?: string;
  /** What was published, where something was. */
  readonly published?: { readonly snapshot: string; readonly lineage: ColumnLineage };
}

/** One run event of OpenLineage 2-0-2, with schema, column lineage, assertions and statistics. Holds no cell value: samples and messages of checks stay out. */
export function runEvent(told: RunTold): JsonObject {
  return {
    eventTime: told.at,
    eventType: TYPES[told.run.outcome],
    producer: PRODUCER,
    schemaURL: eventSchema('RunEvent'),
    run: { runId: told.run.id, facets: runFacets(told) },
    job: { namespace: meshNamespace(told.meshName), name: told.run.ref, facets: jobFacets(told) },
    inputs: inputsOf(told),
    outputs: told.table === undefined ? [] : [outputOf(told, told.table)],
  };
}

const TYPES: Readonly<Record<RunAnswer['outcome'], string>> = {
  running: 'START',
  waiting: 'OTHER',
  published: 'COMPLETE',
  unchanged: 'COMPLETE',
  blocked: 'FAIL',
  failed: 'FAIL',
};

/** A run's own message may show a value that a rule or a cast refused. */
const FAILURES: Readonly<Partial<Record<RunAnswer['outcome'], string>>> = {
  blocked: 'the version breaks its contract and was not published; hanse checks says where',
  failed: 'the build failed; hanse status says why',
};

function runFacets({ run, version }: RunTold): JsonObject {
  const engine = { processing_engine: facet('ProcessingEngineRunFacet', '1-1-1', { version, name: 'hanse' }) };
  const why = FAILURES[run.outcome];
  return why === undefined ? engine : { ...engine, errorMessage: facet('ErrorMessageRunFacet', '1-0-1', { message: why, programmingLanguage: 'SQL' }) };
}

function jobFacets({ sql, table }: RunTold): JsonObject {
  return {
    jobType: facet('JobTypeJobFacet', '2-0-4', { processingType: 'BATCH', integration: 'HANSE', jobType: 'BUILD' }),
    ...(sql !== undefined && { sql: facet('SQLJobFacet', '1-1-0', { query: sql, dialect: 'duckdb' }) }),
    ...(table !== undefined && { ownership: facet('OwnershipJobFacet', '1-0-1', { owners: [{ name: table.domain, type: 'DOMAIN' }] }) }),
  };
}

function inputsOf(told: RunTold): JsonObject[] {
  const lineage = told.published?.lineage;
  if (told.table === undefined || lineage?.kind !== 'known') return [];
  const datasets = lineage.reads.map((source) => datasetOf(told, source));
  const unique = new Map(datasets.map((dataset) => [`${dataset.namespace} ${dataset.name}`, dataset]));
  return [...unique.values()].map((dataset) => ({ ...dataset }));
}

function datasetOf(told: RunTold, { schema, table: name }: SourceColumn): Dataset {
  if (told.table === undefined) return { namespace: meshNamespace(told.meshName), name: `${schema}.${name}` };
  return namedDataset(told.meshName, { schema, name }, { by: told.table, mesh: told.mesh, tables: told.tables });
}

function outputOf(told: RunTold, table: ServedTable): JsonObject {
  const { published, run } = told;
  const lineage = published?.lineage;
  return {
    ...tableDataset(told.meshName, table),
    facets: {
      schema: facet('SchemaDatasetFacet', '1-2-0', {
        fields: contractColumns(table.object).columns.map(({ name, type }) => ({ name, type: formatType(type) })),
      }),
      ...(table.object.description !== undefined && { documentation: facet('DocumentationDatasetFacet', '1-1-0', { description: table.object.description }) }),
      ...(published !== undefined && { version: facet('DatasetVersionDatasetFacet', '1-0-1', { datasetVersion: published.snapshot }) }),
      ...(lineage?.kind === 'known' && { columnLineage: facet('ColumnLineageDatasetFacet', '1-2-0', columnFields(told, lineage)) }),
      ...(run.checks.length > 0 && { dataQualityAssertions: facet('DataQualityAssertionsDatasetFacet', '1-1-0', { assertions: assertions(run.checks) }) }),
    },
    ...(published !== undefined && {
      outputFacets: {
        outputStatistics: facet('OutputStatisticsOutputDatasetFacet', '1-0-2', {
          ...(run.rows !== null && { rowCount: run.rows }),
          fileCount: run.filesWritten,
        }),
      },
    }),
  };
}

/** Columns that a value is computed from are direct; those that decide which rows there are touch the dataset as a whole. */
function columnFields(told: RunTold, lineage: Extract<ColumnLineage, { readonly kind: 'known' }>): JsonObject {
  const field = (type: 'DIRECT' | 'INDIRECT') => (source: SourceColumn) => ({ ...datasetOf(told, source), field: source.column, transformations: [{ type }] });
  return {
    fields: Object.fromEntries(lineage.outputs.map(({ name, sources }) => [name, { inputFields: sources.map(field('DIRECT')) }])),
    dataset: lineage.uses.map(field('INDIRECT')),
  };
}

function assertions(checks: readonly CheckAnswer[]): JsonObject[] {
  return checks
    .filter(({ result }) => result === 'pass' || result === 'fail' || result === 'warn')
    .map(({ rule, result, column, promise, failing }) => ({
      assertion: rule,
      success: result === 'pass',
      severity: result === 'warn' ? 'warn' : 'error',
      description: promise,
      ...(column !== null && { column }),
      ...(failing !== null && { actual: `${failing} failing rows` }),
    }));
}

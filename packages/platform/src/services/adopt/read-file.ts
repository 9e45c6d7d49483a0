import { access, readFile } from 'node:fs/promises';
import { basename, extname, relative } from 'node:path';
import { addressName, sqlName } from '@hanse/core/adopt/adopted-name.ts';
import { bareColumn, type Draft, type DraftColumn } from '@hanse/core/adopt/draft.ts';
import { draftAvro } from '@hanse/core/adopt/file/draft-avro.ts';
import { draftDatacontract } from '@hanse/core/adopt/file/draft-datacontract.ts';
import { draftFile, type FileTable } from '@hanse/core/adopt/file/draft-file.ts';
import { draftJsonSchema } from '@hanse/core/adopt/file/draft-json-schema.ts';
import { draftOdcs } from '@hanse/core/adopt/file/draft-odcs.ts';
import { draftOpenlineage } from '@hanse/core/adopt/file/draft-openlineage.ts';
import { logicalTypeOf } from '@hanse/core/adopt/logical-type.ts';
import { suggestClassification } from '@hanse/core/adopt/suggest-classification.ts';
import { parseContract } from '@hanse/core/contract/parse-contract.ts';
import { optional } from '@hanse/core/document/json.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { isError } from '@hanse/core/finding/finding.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { formatType } from '@hanse/core/table/wanted-type.ts';
import type { Engine, Relation } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';

export interface FileAdoption {
  readonly source: FileSource;
  readonly path: string;
  readonly domain?: string;
  /** Of events: the datasets that are meant. */
  readonly select?: string;
  /** Where the contract will lie: the file's place is written relative to it. */
  readonly folderOf: (domain: string, product: string) => string;
  readonly engine: () => Promise<Pick<Engine, 'session'>>;
}

export const fileSources = ['odcs', 'datacontract', 'openlineage', 'avro', 'json-schema', 'csv', 'parquet'] as const;
export type FileSource = (typeof fileSources)[number];

const SAMPLE_ROWS = 1000;
const LIMITS = { memoryBytes: 2 ** 30, tempBytes: 2 ** 30, deadlineMs: 60_000 };

/** The draft of one file: a contract, a schema, or data whose columns and some values are looked at. */
export async function readDraftFile(asked: FileAdoption): Promise<Draft> {
  const { source, path, domain } = asked;
  const file = { path, name: basename(path).split('.')[0] ?? 'adopted' };
  const options = { ...optional('domain', domain) };
  if (source === 'csv' || source === 'parquet') return draftFile(await readRows(asked, source, file.name), options);
  const text = await readText(path);
  if (source === 'openlineage') return readEvents(asked, text, file.name);
  const { document, findings } = readYaml(path, text);
  if (document === undefined) throw new UserError('invalid', `${path}: ${findings[0]?.message ?? 'it cannot be read'}`, findings[0]?.hint);
  if (source === 'odcs') {
    const { contract, findings: wrong } = parseContract(document);
    const problem = wrong.find(isError);
    if (contract === undefined) throw new UserError('invalid', `${path}:${problem?.at?.line ?? 1}: ${problem?.message ?? 'it is no contract'}`, problem?.hint);
    return draftOdcs(contract, { path, text, label: file.name, ...options });
  }
  if (source === 'datacontract') {
    const draft = draftDatacontract(document.value, { path, label: file.name, ...options });
    if (draft !== undefined) return draft;
    throw new UserError(
      'invalid',
      `${path} is no Data Contract Specification: it has no \`dataContractSpecification\``,
      'Contracts of ODCS are adopted by: hanse adopt odcs.',
    );
  }
  const table = source === 'avro' ? draftAvro(document.value, file) : draftJsonSchema(document.value, file);
  if (table === undefined) throw new UserError('invalid', `${path} is no Avro schema of a record`, 'Name an .avsc file whose outermost type is a record.');
  return draftFile(table, options);
}

/** One event, a list of them, or one on each line. */
function readEvents({ path, domain, select }: FileAdoption, text: string, label: string): Draft {
  const { document } = readYaml(
    path,
    text.trimStart().startsWith('[') || !/^\s*\{.*\}\s*\n\s*\{/.test(text)
      ? text
      : `[${text
          .trim()
          .split(/\n\s*(?=\{)/)
          .join(',')}]`,
  );
  const events = [document?.value ?? []].flat();
  const draft = draftOpenlineage(events, { path, label, ...optional('select', select), ...optional('domain', domain) });
  if (draft.products.length > 0) return draft;
  throw new UserError(
    'missing',
    `${path}: no event tells the schema of a dataset${select === undefined ? ' that was written' : ` that \`${select}\` names`}`,
    'Name a file of OpenLineage events, one on each line, or datasets with --select.',
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError('missing', `${path}: cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
  });
}

/** Columns, and suggestions from the first values; values are looked at and written nowhere. */
async function readRows({ path, domain, folderOf, engine }: FileAdoption, format: 'csv' | 'parquet', label: string): Promise<FileTable> {
  const name = sqlName(label);
  await access(path).catch(() => {
    throw new UserError('missing', `${path}: no such file`);
  });
  const relation: Relation = { schema: 'main', name, format, files: [path] };
  await using session = await (await engine()).session({ relations: [relation], limits: LIMITS });
  const described = await session.describe({ sql: `SELECT * FROM ${quoteName(name)}` });
  const rows = await session.rows({ sql: `SELECT * FROM ${quoteName(name)} LIMIT ${SAMPLE_ROWS}` });
  const columns = described.map(({ name: column, type }): DraftColumn => {
    const physicalType = formatType(type);
    const logicalType = logicalTypeOf(physicalType);
    const values = rows.map((row) => row[column]).flatMap((value) => (value === null || value === undefined ? [] : [String(value)]));
    return {
      ...bareColumn(column),
      ...optional('logicalType', logicalType),
      physicalType,
      ...optional('suggestion', suggestClassification({ name: column, ...optional('logicalType', logicalType), values })),
    };
  });
  const from = folderOf(domain ?? addressName(label), addressName(label));
  const server = { server: 'local', type: 'local', path: relative(from, path).replaceAll('\\', '/'), format };
  return {
    origin: `the ${extname(path).slice(1)} file ${basename(path)}`,
    name: label,
    columns,
    left: [],
    notes: [
      `Types were read from the file, and suggestions made from its first ${Math.min(rows.length, SAMPLE_ROWS)} rows. What must hold (keys, nulls, ranges) no file says: add it.`,
    ],
    server,
  };
}

import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '@hanse/core/sql/quote.ts';
import { ExternalError } from '../../error.ts';
import type { Relation } from '../engine.ts';
import { fieldNamesSql, fittedStatements } from './fitted-relation.ts';
import { attachSql, csvHeaderSql, type Found, needsFields, parquetFieldsSql, relationSql, schemaSql } from './relation-sql.ts';
import type { Holding } from './session-request.ts';
import { quoteList } from './quote-list.ts';

const maxExpressionDepth = 500;

interface Setting {
  readonly name: string;
  readonly value: string;
  /** How the value reads back: as it is, or as a size rounded to a tenth of its unit. */
  readonly reads: 'text' | 'size';
}

/**
 * Opens what a worker holds and locks the rest, in the one order that works: views are bound while files can still be
 * opened. Refuses to serve (`ExternalError`) if a setting reads back other than it was set.
 */
export async function openHolding(connection: DuckDBConnection, holding: Holding, tempFolder: string): Promise<void> {
  const files = [...new Set([...holding.relations.flatMap((relation) => relation.files), ...holding.writable, ...holding.readable])];
  const before = settingsBefore(holding, tempFolder);
  await connection.run(`SET allowed_paths = ${quoteList(files)}`);
  for (const setting of before) await connection.run(setSql(setting));
  await createRelations(connection, holding, tempFolder);
  for (const setting of settingsAfter) await connection.run(setSql(setting));
  await verifySettings(connection, [...before, ...settingsAfter]);
  await verifyPaths(connection, [...files, ...journals(holding)], tempFolder);
}

function settingsBefore(holding: Holding, tempFolder: string): readonly Setting[] {
  return [
    { name: 'autoload_known_extensions', value: 'false', reads: 'text' },
    { name: 'autoinstall_known_extensions', value: 'false', reads: 'text' },
    { name: 'allow_community_extensions', value: 'false', reads: 'text' },
    { name: 'allow_persistent_secrets', value: 'false', reads: 'text' },
    { name: 'memory_limit', value: quoteText(`${holding.memoryBytes}B`), reads: 'size' },
    { name: 'threads', value: String(holding.threads), reads: 'text' },
    { name: 'temp_directory', value: quoteText(tempFolder), reads: 'text' },
    { name: 'max_temp_directory_size', value: quoteText(`${holding.tempBytes}B`), reads: 'size' },
    { name: 'max_expression_depth', value: String(maxExpressionDepth), reads: 'text' },
    { name: 'TimeZone', value: "'UTC'", reads: 'text' },
    { name: 'parquet_metadata_cache', value: 'true', reads: 'text' },
    { name: 'enable_progress_bar', value: 'true', reads: 'text' },
    { name: 'enable_progress_bar_print', value: 'false', reads: 'text' },
  ];
}

const settingsAfter: readonly Setting[] = [
  { name: 'enable_external_access', value: 'false', reads: 'text' },
  { name: 'lock_configuration', value: 'true', reads: 'text' },
];

function setSql({ name, value }: Setting): string {
  return `SET ${name} = ${value}`;
}

async function createRelations(connection: DuckDBConnection, { relations }: Holding, tempFolder: string): Promise<void> {
  for (const schema of new Set(relations.map((relation) => relation.schema))) await connection.run(schemaSql(schema));
  for (const [index, relation] of relations.entries()) {
    for (const sql of await relationStatements(connection, relation, join(tempFolder, `kept-${index}.parquet`))) await connection.run(sql);
  }
}

async function relationStatements(connection: DuckDBConnection, relation: Relation, keptIn: string): Promise<readonly string[]> {
  if (relation.fits !== undefined) {
    const found = (await textRows(connection, fieldNamesSql(relation))).map(([name]) => name ?? '');
    // DuckDB gives JSON without records one column of that name.
    const names = relation.format === 'json' && found.join() === 'json' ? relation.fits.map(({ name }) => name) : found;
    return fittedStatements(relation, names, keptIn);
  }
  const attach = relation.format === 'duckdb' ? [attachSql(relation)] : [];
  return [...attach, relationSql(relation, await inspect(connection, relation))];
}

async function inspect(connection: DuckDBConnection, relation: Relation): Promise<Found> {
  const { columns, files, format, csv } = relation;
  if (columns !== undefined && files.length > 0 && format === 'csv' && csv?.header !== false) {
    const rows = await textRows(connection, csvHeaderSql(relation));
    return { header: rows.map(([name]) => name ?? ''), fields: [] };
  }
  if (!needsFields(relation)) return { header: [], fields: [] };
  const byFile = Map.groupBy(await textRows(connection, parquetFieldsSql(relation)), ([file]) => file);
  const fields = files.map((path) => ({
    path,
    names: new Map((byFile.get(path) ?? []).map(([, id, name]) => [Number(id), name ?? ''])),
  }));
  return { header: [], fields };
}

async function textRows(connection: DuckDBConnection, sql: string): Promise<readonly (readonly string[])[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map(String));
}

async function verifySettings(connection: DuckDBConnection, settings: readonly Setting[]): Promise<void> {
  const names = settings.map(({ name }) => name);
  const rows = await textRows(connection, `SELECT name, value FROM duckdb_settings() WHERE name IN (${names.map(quoteText).join(', ')})`);
  const found = new Map(rows.map(([name, value]) => [name, value]));
  for (const setting of settings) {
    const value = found.get(setting.name);
    if (value !== undefined && settingHolds(setting, value)) continue;
    throw new ExternalError(`The query worker refuses to serve: setting ${setting.name} reads back as ${value}.`);
  }
}

/** DuckDB allows by itself what may lie beside a database that is attached. */
function journals({ relations }: Holding): readonly string[] {
  const databases = new Set(relations.flatMap(({ format, files }) => (format === 'duckdb' ? files : [])));
  return [...databases].flatMap((file) => ['.wal', '.wal.recovery', '.wal.checkpoint'].map((ending) => `${file}${ending}`));
}

/** The temp folder becomes an allowed one by itself. */
async function verifyPaths(connection: DuckDBConnection, files: readonly string[], tempFolder: string): Promise<void> {
  const reader = await connection.runAndReadAll(
    `SELECT list_sort(current_setting('allowed_paths')) = list_sort(${quoteList(files)}::VARCHAR[])
      AND list_has_all(${quoteList([tempFolder, `${tempFolder}/`])}, current_setting('allowed_directories'))`,
  );
  if (reader.getRows()[0]?.[0] === true) return;
  throw new ExternalError('The query worker refuses to serve: the paths it may open read back other than they were set.');
}

/** True where DuckDB's text of a setting means what was set. */
export function settingHolds(setting: Setting, found: string): boolean {
  switch (setting.reads) {
    case 'text':
      return found === setting.value || quoteText(found) === setting.value;
    case 'size':
      return sizeHolds(Number(setting.value.replace(/[^0-9]/g, '')), found);
    default:
      return setting.reads satisfies never;
  }
}

const units: Readonly<Record<string, number>> = {
  bytes: 1,
  byte: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

function sizeHolds(bytes: number, found: string): boolean {
  const [amount, unit] = found.split(' ');
  const scale = units[unit ?? ''];
  if (scale === undefined) return false;
  return Math.abs(Number(amount) * scale - bytes) <= scale / 10;
}

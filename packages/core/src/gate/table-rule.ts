import type { JsonObject } from '../document/document.ts';
import { textOf } from './tree.ts';
import type { Refusal } from './verdict.ts';

/** Schemas, and databases that a first name could mean, in which the engine keeps its own tables. */
const engineSchemas = new Set(['information_schema', 'pg_catalog', 'pg_temp', 'system', 'temp', 'memory']);

/** Views of the engine that a name without a schema finds. */
const engineViews = /^(duckdb_|pragma_|sqlite_|pg_)/;

const fileLike = /[/\\.:*?[\]{}~%\p{Cc}]/u;

const tableHint = 'Name a table as domain.object, for example finance.metrics.';

/** Why a table's name is refused before anybody looks it up; undefined where it is not. */
export function refuseTable(table: JsonObject): Omit<Refusal, 'kind' | 'at'> | undefined {
  const [catalog, schema, name] = [textOf(table.catalog_name), textOf(table.schema_name), textOf(table.table_name)];
  const written = [catalog, schema, name].filter((part) => part !== '').join('.');
  const unqualified = schema === '' || schema.toLowerCase() === 'main';
  if (catalog !== '') return denied(`Table ${written} names a database`, tableHint);
  if (fileLike.test(name) || fileLike.test(schema)) return denied(`'${written}' reads as a file, not as a table`, tableHint);
  if (engineSchemas.has(schema.toLowerCase()) || (unqualified && engineViews.test(name.toLowerCase()))) {
    return denied(`Table ${written} belongs to the engine's own catalog`, 'Products and their columns are in the catalog of the mesh.');
  }
  if (table.at_clause !== null) {
    return denied(`Table ${written} is asked for as of another time (AT)`, 'Ask for an earlier snapshot by the query\'s "as of" option.');
  }
  return undefined;
}

function denied(what: string, hint: string): Omit<Refusal, 'kind' | 'at'> {
  return { code: 'denied', what, hint };
}

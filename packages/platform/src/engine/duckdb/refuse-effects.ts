import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../error.ts';

/** Functions that a SELECT may call and that change the engine, write where they are told to, or run SQL out of a text. */
const effects = [
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'enable_logging',
  'disable_logging',
  'truncate_duckdb_logs',
  'write_log',
  'enable_profiling',
  'disable_profiling',
  'checkpoint',
  'force_checkpoint',
  'enable_peg_parser',
  'disable_peg_parser',
  'check_peg_parser',
  'copy_database',
  'import_database',
];
/** A name is in the text as it is called: DuckDB has no escapes in identifiers. */
const mentioned = new RegExp(effects.join('|'), 'i');
const called = new RegExp(`"function_name":"(${effects.join('|')})"`, 'i');

/**
 * Refuses a statement that calls such a function, before it is prepared: binding has effects already. Rules of contracts reach a
 * worker without the gate, and its log would overwrite the very files that it may read.
 */
export async function refuseEffects(connection: DuckDBConnection, sql: string): Promise<void> {
  if (!mentioned.test(sql)) return;
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]);
  const tree = String(reader.getRows()[0]?.[0]);
  const name = called.exec(tree)?.[1];
  if (name !== undefined)
    throw new UserError('statement', `Function ${name} is not allowed here: it does more than read.`, 'Compute from the values of the tables.');
  // What cannot be shown as a tree cannot be looked through; a text that does not parse is refused when it is prepared.
  if (tree.startsWith('{"error":true') && !tree.includes('"error_type":"parser"')) throw new UserError('statement', 'Only a SELECT can be run here.');
}

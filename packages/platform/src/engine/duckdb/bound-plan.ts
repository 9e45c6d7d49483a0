import type { DuckDBConnection } from '@duckdb/node-api';
import type { JsonValue } from '@hanse/core/document/document.ts';
import { isObject } from '@hanse/core/document/json.ts';
import { textOf } from '@hanse/core/gate/tree.ts';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { UserError } from '../../error.ts';
import type { DescribedColumn, TableShape } from '../engine.ts';
import { fillParameters } from './fill-parameters.ts';
import { type Checked, gateStatement } from './gate-statement.ts';
import { printTree } from './parse-tree.ts';
import { columnsOf, describeSelect } from './session-statement.ts';

export interface BoundPlan {
  readonly plan: JsonValue;
  readonly columns: readonly DescribedColumn[];
}

/**
 * DuckDB's bound, unoptimised plan of a statement that passes the gate, over empty tables of these shapes, which are gone
 * afterwards. A statement whose plan depends on the values of its parameters has none: `plan` is an empty list.
 */
export async function boundPlan(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly TableShape[],
  gate: (sql: string) => Promise<Checked> = (text) => gateStatement(connection, text),
): Promise<BoundPlan> {
  const { tree, analysis } = await gate(sql);
  const first = await overTables(connection, tables, async () => {
    const prepared = await connection.prepare(analysis.sql);
    if (prepared.parameterCount > 0) return fillParameters(tree, prepared);
    return { columns: columnsOf(prepared), plan: await serializePlan(connection, analysis.sql) };
  });
  if ('plan' in first) return first;
  for (const filled of first) {
    const printed = await printTree(connection, filled);
    const found = await overTables(connection, tables, () => planOf(connection, printed)).catch(unlessBug);
    if (found !== undefined) return found;
  }
  return { plan: [], columns: [] };
}

async function overTables<T>(connection: DuckDBConnection, tables: readonly TableShape[], run: () => Promise<T>): Promise<T> {
  const schemas = [...new Set(tables.map((table) => table.schema))].map((schema) => `CREATE SCHEMA IF NOT EXISTS memory.${quoteName(schema)}`);
  const begin = ['BEGIN TRANSACTION', ...schemas, ...tables.map(createSql)].join(';\n');
  try {
    await connection.run(begin);
    return await run();
  } finally {
    await connection.run('ROLLBACK');
  }
}

/** What DuckDB says of a value that does not fit is no error of the person who left the value open. */
function unlessBug(error: unknown): undefined {
  const refused = error instanceof UserError || (error instanceof Error && /^[A-Z][A-Za-z ]* Error: /.test(error.message));
  if (!refused) throw error;
}

async function planOf(connection: DuckDBConnection, sql: string): Promise<BoundPlan> {
  return { columns: await describeSelect(connection, { sql }), plan: await serializePlan(connection, sql) };
}

function createSql({ schema, name, columns }: TableShape): string {
  if (columns.length === 0) {
    throw new UserError('invalid', `${schema}.${name} has no columns.`, 'Declare its columns in the contract.');
  }
  const list = columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`);
  return `CREATE TABLE memory.${quoteName(schema)}.${quoteName(name)} (${list.join(', ')})`;
}

async function serializePlan(connection: DuckDBConnection, sql: string): Promise<JsonValue> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_plan($1::VARCHAR, optimize := false)', [sql]);
  const result: JsonValue = JSON.parse(String(reader.getRows()[0]?.[0]));
  if (!isObject(result) || result.error === true) {
    const message = isObject(result) ? textOf(result.error_message) : '';
    throw new UserError('statement', `The statement has no plan: ${message}`);
  }
  return result.plans ?? null;
}

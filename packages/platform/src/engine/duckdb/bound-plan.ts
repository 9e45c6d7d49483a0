import type { DuckDBConnection } from '@duckdb/node-api';
import type { JsonValue } from '@hanse/core/document/document.ts';
import { isObject, mapObjects, textOf, without } from '@hanse/core/gate/tree.ts';
import { duckdbType } from '@hanse/core/sql/duckdb-type.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { UserError } from '../../error.ts';
import type { DescribedColumn, TableShape } from '../engine.ts';
import { gateStatement } from './gate-statement.ts';
import { parseLossless } from './lossless-json.ts';
import { printTree } from './parse-tree.ts';
import { describeSelect } from './session-statement.ts';

export interface BoundPlan {
  readonly plan: JsonValue;
  readonly columns: readonly DescribedColumn[];
}

/**
 * DuckDB's bound, unoptimised plan of a statement that passes the gate, over empty tables of these shapes, which are gone
 * afterwards. Parameters are bound as NULL, because serialising a plan with one fails inside DuckDB 1.5.
 */
export async function boundPlan(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly TableShape[],
): Promise<BoundPlan> {
  const { tree } = await gateStatement(connection, sql);
  const printed = await printTree(connection, mapObjects(tree, nullParameter));
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const schema of new Set(tables.map((table) => table.schema))) {
      await connection.run(`CREATE SCHEMA IF NOT EXISTS memory.${quoteName(schema)}`);
    }
    for (const table of tables) await connection.run(createSql(table));
    const columns = await describeSelect(connection, { sql: printed });
    return { plan: await serializePlan(connection, printed), columns };
  } finally {
    await connection.run('ROLLBACK');
  }
}

function createSql({ schema, name, columns }: TableShape): string {
  if (columns.length === 0) {
    throw new UserError('invalid', `${schema}.${name} has no columns.`, 'Declare its columns in the contract.');
  }
  const list = columns.map((column) => `${quoteName(column.name)} ${duckdbType(column.type)}`);
  return `CREATE TABLE memory.${quoteName(schema)}.${quoteName(name)} (${list.join(', ')})`;
}

function nullParameter(node: { readonly [key: string]: JsonValue }): JsonValue {
  if (node.class !== 'PARAMETER') return node.named_param_map === undefined ? node : { ...node, named_param_map: [] };
  const value = { type: { id: 'NULL', type_info: null }, is_null: true };
  return { ...without(node, 'identifier'), class: 'CONSTANT', type: 'VALUE_CONSTANT', value };
}

async function serializePlan(connection: DuckDBConnection, sql: string): Promise<JsonValue> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_plan($1::VARCHAR, optimize := false)', [sql]);
  const result = parseLossless(String(reader.getRows()[0]?.[0]));
  if (!isObject(result) || result.error === true) {
    const message = isObject(result) ? textOf(result.error_message) : '';
    throw new UserError('statement', `The statement has no plan: ${message}`);
  }
  return result.plans ?? null;
}

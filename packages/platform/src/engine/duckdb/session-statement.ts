import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';
import type { JsonValue } from '@hanse/core/document/document.ts';
import { UserError } from '../../error.ts';
import type { DescribedColumn, Statement } from '../engine.ts';
import { columnType } from './column-type.ts';

/** Prepares one SELECT. What writes, attaches, sets, loads or logs never runs here, whatever the gate let through. */
export async function prepareSelect(connection: DuckDBConnection, statement: Statement): Promise<DuckDBPreparedStatement> {
  const prepared = await connection.prepare(statement.sql);
  if (prepared.statementType !== StatementType.SELECT) {
    throw new UserError('statement', 'Only a SELECT can be run here.');
  }
  bindParameters(prepared, statement.parameters ?? []);
  return prepared;
}

export function bindParameters(prepared: DuckDBPreparedStatement, parameters: readonly JsonValue[]): void {
  if (prepared.parameterCount !== parameters.length) {
    throw new UserError('statement', `The statement has ${prepared.parameterCount} parameters, ${parameters.length} values were given.`);
  }
  parameters.forEach((value, at) => bindParameter(prepared, at + 1, value));
}

function bindParameter(prepared: DuckDBPreparedStatement, at: number, value: JsonValue): void {
  if (value === null) return prepared.bindNull(at);
  switch (typeof value) {
    case 'boolean':
      return prepared.bindBoolean(at, value);
    case 'number':
      return Number.isSafeInteger(value) ? prepared.bindBigInt(at, BigInt(value)) : prepared.bindDouble(at, value);
    case 'string':
      return prepared.bindVarchar(at, value);
    default:
      return prepared.bindVarchar(at, JSON.stringify(value));
  }
}

/** The SQL of a statement without the semicolon at its end, so that it can stand in brackets. */
export function bareSql(sql: string): string {
  return sql.replace(/[\s;]+$/, '');
}

/** The columns a SELECT gives. Types that depend on parameters are known once these are bound. */
export async function describeSelect(connection: DuckDBConnection, statement: Statement): Promise<readonly DescribedColumn[]> {
  const prepared = await prepareSelect(connection, statement);
  if (prepared.parameterCount === 0) return columnsOf(prepared);
  const probe = await connection.prepare(`SELECT * FROM (${bareSql(statement.sql)}\n) LIMIT 0`);
  bindParameters(probe, statement.parameters ?? []);
  const result = await probe.run();
  return result.columnNames().map((name, at) => described(name, result.columnType(at)));
}

/** The columns of a statement without parameters. */
export function columnsOf(prepared: DuckDBPreparedStatement): readonly DescribedColumn[] {
  return Array.from({ length: prepared.columnCount }, (_, at) => described(prepared.columnName(at), prepared.columnType(at)));
}

function described(name: string, type: Parameters<typeof columnType>[0]): DescribedColumn {
  return { name, type: columnType(type, name), typeName: type.toString() };
}

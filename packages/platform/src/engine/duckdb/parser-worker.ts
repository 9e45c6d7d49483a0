import { DuckDBInstance } from '@duckdb/node-api';
import { boundPlan } from './bound-plan.ts';
import { gateStatement } from './gate-statement.ts';
import { openHolding } from './harden.ts';
import { keptGate } from './kept-gate.ts';
import { keptStatements } from './kept-statements.ts';
import type { ParserRequest } from './parser-request.ts';
import { statementError } from './statement-error.ts';
import { serveParent } from './worker-channel.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const nothing = { relations: [], writable: [], readable: [], memoryBytes: 512 * 2 ** 20, tempBytes: 0, threads: 1 };
await openHolding(connection, nothing, '');
const asking = keptStatements(connection);
const gate = keptGate((sql) => gateStatement(asking, sql));

serveParent<ParserRequest>({
  async handle(request) {
    try {
      return await answer(request);
    } catch (error) {
      throw statementError(error, (text) => text);
    }
  },
  interrupt: () => connection.interrupt(),
});

async function answer(request: ParserRequest): Promise<unknown> {
  switch (request.kind) {
    case 'parse':
      return (await gate(request.sql)).analysis;
    case 'plan':
      return boundPlan(connection, request.sql, request.tables, gate);
    default:
      return request satisfies never;
  }
}

import { admitWritten } from './admit-written.ts';
import type { OpenPlace, PlacedTable } from '../../check/place.ts';
import { describeTable, type PostgresTable } from './describe-table.ts';
import { judgeTable } from './judge-table.ts';
import { proveRules } from './prove-rules.ts';
import { openSession } from './session.ts';

/** A PostgreSQL, from version 12, as a place where tables are judged. */
export const openPostgresPlace: OpenPlace = async (options) => {
  const session = await openSession(options);
  const described = new Map<PlacedTable, PostgresTable>();
  return {
    describe: async (name) => {
      const found = await describeTable(session, name);
      const table: PostgresTable = { ...found, context: { ...found.context, ...(options.now !== undefined && { now: options.now }) } };
      described.set(table, table);
      return table;
    },
    judge: async (placed, rules, judging = {}) => {
      const table = described.get(placed) ?? (await describeTable(session, placed.name));
      const admitted = await admitWritten(session, rules);
      return judging.reach?.kind === 'metadata' ? proveRules(session, table, admitted, judging) : judgeTable(session, table, admitted, judging);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
};

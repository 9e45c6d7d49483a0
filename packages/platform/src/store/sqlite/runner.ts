import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { readHead } from '../sql/log.ts';
import type { Runner } from '../sql/sql-store.ts';
import type { Row, Statement, Steps } from '../sql/steps.ts';
import { sqliteFailure } from './failure.ts';

/** Findings of SQLite's own check that are passed on. */
const damageLimit = 20;

/** One connection writes and reads, without ever waiting inside a transaction; long reads open their own. */
export function sqliteRunner(db: DatabaseSync, file: string): Runner {
  const execute = statementCache(db);

  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteFailure(error, file);
    }
  }

  function openReader(): DatabaseSync {
    return new DatabaseSync(file, { readOnly: true, defensive: true });
  }

  return {
    read: async (steps) => guarded(() => finish(steps, execute)),
    write: async (chain, steps) =>
      guarded(() => {
        db.exec('begin immediate');
        try {
          const result = finish(steps(finish(readHead(chain), execute)), execute);
          db.exec('commit');
          return result;
        } finally {
          if (db.isTransaction) db.exec('rollback');
        }
      }),
    async snapshot(steps) {
      const reader = guarded(openReader);
      try {
        reader.exec('begin');
        return await finishInTurns(steps, statementCache(reader));
      } catch (error) {
        throw sqliteFailure(error, file);
      } finally {
        reader.close();
      }
    },
    async damages() {
      try {
        using reader = openReader();
        const found = reader.prepare(`pragma integrity_check(${damageLimit})`).all();
        return found
          .map((row) => String(row['integrity_check']))
          .filter((text) => text !== 'ok')
          .map((text) => `${file}: ${text}`);
      } catch (error) {
        const failure = sqliteFailure(error, file);
        if (failure instanceof Error) return [failure.message];
        throw failure;
      }
    },
    async close() {
      if (db.isOpen) guarded(() => db.close());
    },
  };
}

type Execute = (statement: Statement) => readonly Row[];

export function finish<T>(steps: Steps<T>, execute: Execute): T {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value.map(execute));
  return step.value;
}

/** Lets the process do other work between two statements. */
async function finishInTurns<T>(steps: Steps<T>, execute: Execute): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    await new Promise((resolve) => setImmediate(resolve));
    step = steps.next(step.value.map(execute));
  }
  return step.value;
}

export function statementCache(db: DatabaseSync): Execute {
  const prepared = new Map<string, StatementSync>();
  return ({ sql, values }) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql.replaceAll('$', '?'));
      prepared.set(sql, statement);
    }
    return statement.all(...values);
  };
}

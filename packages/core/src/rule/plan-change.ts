import { quoteName } from '../sql/quote.ts';
import type { Column } from '../table/column.ts';
import type { ReadableTable } from './check-context.ts';
import { before } from './duration.ts';
import type { Compiled } from './dialect.ts';
import type { Frame } from './frame.ts';
import type { Rule, RuleTest } from './rule.ts';
import { matchPairs, unmatchedRows } from './unmatched-rows.ts';
import { valueAt } from './violation.ts';

type Change = RuleTest & { readonly kind: 'rowsLost' | 'keysVanished' | 'lateUpdates' };

/** Whether a rule needs `CheckContext.before`. */
export function comparesVersions({ test }: Rule): boolean {
  return test.kind === 'rowsLost' || test.kind === 'keysVanished' || test.kind === 'lateUpdates';
}

/** The query that counts what broke between the version before and this one, which is `${object}`. */
export function changeQuery(rule: Rule, test: Change, older: ReadableTable, frame: Frame): Compiled {
  const asked = rule.where === undefined ? 'true' : `(${rule.where}\n)`;
  switch (test.kind) {
    case 'rowsLost':
      return { sql: `SELECT greatest(0, (SELECT count(*) FROM ${older.relation} WHERE ${asked}) - (SELECT count(*) FROM \${object} WHERE ${asked}))` };
    case 'keysVanished': {
      const pairs = matchPairs({ columns: test.columns, fields: older.columns }, { columns: test.columns, fields: frame.columns }, frame.dialect);
      return 'error' in pairs
        ? pairs
        : { sql: `SELECT count(*) ${unmatchedRows(older.relation, '${object}', pairs.pairs, { asked, dialect: frame.dialect })}` };
    }
    case 'lateUpdates':
      return lateUpdates(test, asked, older, frame);
    default:
      return test satisfies never;
  }
}

/** How many rows the version before had. */
export function olderRows({ where }: Rule, older: ReadableTable): string {
  return `SELECT count(*) FROM ${older.relation}${where === undefined ? '' : ` WHERE (${where}\n)`}`;
}

function lateUpdates({ column, after }: Change & { kind: 'lateUpdates' }, asked: string, older: ReadableTable, { columns, dialect, context }: Frame): Compiled {
  const value = valueAt(column, columns, dialect);
  if ('error' in value) return value;
  if (context.now === undefined) return { error: 'the time of the check is not known' };
  const moment = new Date(before(Date.parse(context.now), after)).toISOString();
  const bound = dialect.literal(value.type.kind === 'date' ? moment.slice(0, 10) : moment, value.type);
  if ('error' in bound) return bound;
  const both = columns.filter((one) => older.columns.some((other) => other.name === one.name && isSame(other, one))).map(({ name }) => quoteName(name));
  const shared = both.join(', ');
  return {
    sql: `SELECT count(*) FROM (SELECT ${shared} FROM \${object} EXCEPT ALL SELECT ${shared} FROM ${older.relation}) AS changed WHERE ${value.sql} < ${bound.sql} AND ${asked}`,
  };
}

function isSame(a: Pick<Column, 'type'>, b: Pick<Column, 'type'>): boolean {
  return JSON.stringify(a.type) === JSON.stringify(b.type);
}

import type { ReadRecord, ReadUse } from '../store.ts';
import { changed, type Report } from './report.ts';
import { jsonOf, numberOf, type Row, rows, runAll, type Statement, type Steps, textOf } from './steps.ts';

/** Stands for the column in the row that counts reads, whichever columns they use. */
const anyColumn = 'null';

/** Table, principal and column as JSON: PostgreSQL stores no NUL, SQLite no lone surrogate. */
interface Counted {
  readonly key: readonly [table: string, principal: string, column: string];
  readonly count: number;
  readonly last: string;
}

export type Uses = Map<string, Counted>;

export function addUses(uses: Uses, { at, principal, tables }: ReadRecord): void {
  // One statement may name a table twice, under two names: it is one read of it.
  for (const [table, named] of Map.groupBy(tables, (one) => one.table)) {
    const columns = new Set(named.flatMap((one) => one.columns));
    for (const column of [anyColumn, ...[...columns].map((id) => JSON.stringify(id))]) {
      const key = [JSON.stringify(table), JSON.stringify(principal), column] as const;
      const known = uses.get(key.join('\n'));
      uses.set(key.join('\n'), { key, count: (known?.count ?? 0) + 1, last: known !== undefined && known.last > at ? known.last : at });
    }
  }
}

/** Adds a batch of reads to what is known of each use, one statement per use. */
export function useStatements(records: readonly ReadRecord[]): readonly Statement[] {
  const uses: Uses = new Map();
  for (const record of records) addUses(uses, record);
  return [...uses.values()].map(({ key, count, last }) => ({
    sql: `insert into read_uses (about, principal, used, reads, last) values ($1, $2, $3, $4, $5)
      on conflict (about, principal, used) do update set reads = read_uses.reads + excluded.reads,
      last = case when excluded.last > read_uses.last then excluded.last else read_uses.last end`,
    values: [...key, count, last],
  }));
}

export function* listUses(tables: readonly string[]): Steps<readonly ReadUse[]> {
  const sql = 'select about, principal, used, reads, last from read_uses where about = $1 order by principal, used';
  const found = yield* runAll(tables.map((table) => ({ sql, values: [JSON.stringify(table)] })));
  return found.flatMap((ofTable) => [...Map.groupBy(ofTable, (row) => textOf(row, 'principal')).values()].flatMap(useOf));
}

/** Of the rows of one table and principal. */
function useOf(found: readonly Row[]): readonly ReadUse[] {
  const whole = found.find((row) => row['used'] === anyColumn);
  if (whole === undefined) return [];
  const columns = found.filter((row) => row !== whole).map((row) => ({ column: jsonOf<string>(row, 'used'), ...timesOf(row) }));
  return [{ table: jsonOf<string>(whole, 'about'), principal: jsonOf<string>(whole, 'principal'), ...timesOf(whole), columns }];
}

function timesOf(row: Row): Pick<ReadUse, 'reads' | 'last'> {
  return { reads: numberOf(row, 'reads'), last: textOf(row, 'last') };
}

/** Whether the counts hold every read that is kept; nothing else either, where `isAll` says that none was forgotten. */
export function* checkUses(kept: Uses, isAll: boolean, report: Report): Steps<void> {
  const left = new Map(kept);
  for (const row of yield* rows('select about, principal, used, reads, last from read_uses')) {
    const key = [row['about'], row['principal'], row['used']].join('\n');
    const { count, last } = left.get(key) ?? { count: 0, last: '' };
    left.delete(key);
    const { reads, last: newest } = timesOf(row);
    if (reads < count || newest < last || (isAll && (reads > count || newest > last)))
      report(wrongUse(key, `counts ${reads} reads until ${newest}, of which ${count} until ${last} are on record`));
  }
  for (const [key, { count }] of left) report(wrongUse(key, `is missing, with ${count} reads on record`));
}

function wrongUse(key: string, what: string): ReturnType<typeof changed> {
  return changed('store.chain', 'reads/uses', `the use ${key.replaceAll('\n', ' ')} ${what}`);
}

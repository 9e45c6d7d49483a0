import type { ImportedUse } from './usage-record.ts';
import type { TableReading } from './statement-use.ts';

/** Statements of one log that differ in their literals alone. */
export interface LoggedStatement {
  readonly sql: string;
  /** Who ran it, as the database names them. */
  readonly user: string;
  /** The day on which it ran, as 2026-01-31. */
  readonly day: string;
  readonly count: number;
}

export type StatementReading = Pick<TableReading, 'table' | 'why'> & { readonly columns: readonly string[] | null };

/** Gathers what statements of a log use, by table and consumer: bounded by their number, not by that of the statements. */
export class FoldedUses {
  readonly #uses = new Map<string, ImportedUse>();

  add({ day, count }: Pick<LoggedStatement, 'day' | 'count'>, consumer: string, readings: readonly StatementReading[]): void {
    for (const { table, columns, why } of readings) {
      const key = JSON.stringify([table, consumer]);
      const known = this.#uses.get(key);
      const both = known === undefined ? columns : known.columns === null || columns === null ? null : [...new Set([...known.columns, ...columns])];
      const reason = known?.why ?? why;
      this.#uses.set(key, {
        table,
        consumer,
        columns: both,
        ...(reason !== undefined && { why: reason }),
        days: { ...known?.days, [day]: (known?.days[day] ?? 0) + count },
      });
    }
  }

  uses(): readonly ImportedUse[] {
    return [...this.#uses.values()];
  }
}

/** Statements that run a text keep it. */
const RUNS_TEXT = /\b(?:execute|exec|identifier|prepare|dblink)\b|\b\w*query\w*\s*\(|\btable\s*\(\s*'/i;
const MAINTENANCE =
  /^\s*(?:begin|start\s+transaction|commit|rollback|savepoint|release|set|reset|show|use|vacuum|analy[sz]e|comment|grant|revoke|listen|notify|unlisten|discard|checkpoint|close|deallocate|lock|cluster|reindex|truncate|drop|create\s+(?:unique\s+)?index|create\s+(?:role|user|schema|database|extension|sequence)|alter)\b|^\s*create\s+(?:(?:or\s+replace|temp|temporary|transient|unlogged|global|local)\s+)*table\s+(?:if\s+not\s+exists\s+)?[^\s(]+\s*\(/i;

/** A statement with each number and text replaced: those with the same are read once. */
export function statementShape(sql: string): string {
  if (RUNS_TEXT.test(sql)) return sql;
  return sql
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .replaceAll(/(?<![\w$."`])\d+(?:\.\d+)?\b/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Statements that look after a database and read no column of a table. */
export function readsNothing(sql: string): boolean {
  return MAINTENANCE.test(sql) && !/;\s*\S|\b(?:select|like|clone|from)\b/i.test(sql);
}

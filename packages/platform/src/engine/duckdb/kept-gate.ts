import type { Checked } from './gate-statement.ts';

/** Together; their trees take some fifty times as much. */
const maxKeptCharacters = 2 ** 17;

/**
 * A gate that remembers what passed it last, under the text that was written and the text that is run: its verdict depends on
 * the text alone, and a statement is asked for again when it is planned.
 */
export function keptGate(gate: (sql: string) => Promise<Checked>): (sql: string) => Promise<Checked> {
  const kept = new Map<string, Checked>();
  let characters = 0;
  const keep = (sql: string, checked: Checked): void => {
    if (!kept.delete(sql)) characters += sql.length;
    kept.set(sql, checked);
    for (const oldest of kept.keys()) {
      if (characters <= maxKeptCharacters) return;
      kept.delete(oldest);
      characters -= oldest.length;
    }
  };
  return async (sql) => {
    const checked = kept.get(sql) ?? (await gate(sql));
    keep(checked.analysis.sql, checked);
    keep(sql, checked);
    return checked;
  };
}

import type { Draft } from './draft.ts';
import { suggestionText } from './format-draft.ts';

export interface Adoption {
  readonly draft: Draft;
  /** Paths of files that are new. */
  readonly written: readonly string[];
  /** What would change in documents that are there already, by their file. */
  readonly differences: readonly { readonly path: string; readonly changes: readonly string[] }[];
}

const MOST_LINES = 40;

/** What was taken, what to decide, what was left and why: Markdown that is read as text too. */
export function formatReport({ draft, written, differences }: Adoption): string {
  const tables = draft.products.flatMap(({ name, contracts }) =>
    contracts.flatMap((contract) => contract.tables.map((table) => ({ place: `${name}: ${table.name} ${contract.version}`, table }))),
  );
  const taken = tables.map(
    ({ place, table }) => `${place}, ${counted(table.columns.length, 'column')}, ${counted(clauseCount(table), 'clause')} besides their types`,
  );
  const suggested = tables.flatMap(({ place, table }) =>
    table.columns.flatMap(({ name, suggestion }) => (suggestion === undefined ? [] : [`${place}, ${name}. ${suggestionText(suggestion)}`])),
  );
  const changes = differences.flatMap(({ path, changes: lines }) => lines.map((line) => `${path}: ${line}`));
  const parts = [
    section('Taken', taken),
    section('Written', written),
    section('Different from what is here; nothing was overwritten', changes),
    section('To decide: classifications that nobody has set', suggested),
    section('Noted', draft.notes),
    section(
      'Left out',
      draft.left.map(({ what, why }) => `${what}: ${why}`),
    ),
  ];
  return [`# Adopted from ${draft.origin}`, ...parts.filter((part) => part !== '')].join('\n\n') + '\n';
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length > MOST_LINES ? [`- and ${lines.length - MOST_LINES} more`] : [];
  return [`## ${title}`, '', ...lines.slice(0, MOST_LINES).map((line) => `- ${line}`), ...more].join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function clauseCount(table: Draft['products'][number]['contracts'][number]['tables'][number]): number {
  const own = table.columns.map(
    (column) =>
      Number(column.required === true) +
      Number(column.unique === true) +
      Number(column.enum.length > 0) +
      column.quality.length +
      column.relationships.length +
      Object.keys(column.options).length,
  );
  const key = table.columns.some(({ primaryKeyPosition }) => primaryKeyPosition !== undefined) ? 1 : 0;
  return own.reduce((sum, count) => sum + count, table.quality.length + table.relationships.length + key);
}

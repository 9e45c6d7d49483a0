import type { Benchmark, Case, Goal } from './benchmark.ts';
import type { Timing } from './rounds.ts';

/** A benchmark's cases as Markdown that also reads well on a terminal. */
export function renderBenchmark({ name, about }: Benchmark, cases: readonly Case[]): string {
  return [`## ${name}`, about, ...cases.map(renderCase)].join('\n\n');
}

function renderCase({ name, timings, limit, goals, notes = [] }: Case): string {
  const base = timings.find((timing) => timing.name === limit)?.medianMs;
  const rows = timings.map((timing) => rowOf(timing, base));
  const points = [...goals.map(renderGoal), ...notes].map((line) => `- ${line}`);
  const table = renderTable(['', 'min', 'median', 'CPU', 'peak memory', limit === undefined ? 'ratio' : `x ${limit}`], rows);
  return [`### ${name}`, ...(rows.length === 0 ? [] : [table]), ...(points.length === 0 ? [] : [points.join('\n')])].join('\n\n');
}

function rowOf({ name, minMs, medianMs, cpuMs, peakMiB }: Timing, base: number | undefined): readonly string[] {
  return [
    name,
    formatMs(minMs),
    formatMs(medianMs),
    cpuMs === undefined ? '' : formatMs(cpuMs),
    peakMiB === undefined ? '' : `${Math.round(peakMiB)} MiB`,
    base === undefined ? '' : (medianMs / base).toFixed(2),
  ];
}

function renderGoal({ text, found, atMost }: Goal): string {
  return `${found <= atMost ? 'met' : '**not met**'}: ${text} (found ${found.toPrecision(3)})`;
}

export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

import { chunks, scanPasses } from '@hanse/core/rule/compile-passes.ts';
import { measurementKey } from '@hanse/core/rule/judge.ts';
import { type FileMeasures, type Measured, mergeMeasures, type ScanMeasure } from '@hanse/core/rule/measure.ts';
import type { CheckedFile, CheckedTable } from './check-table.ts';
import { type Run, runPass } from './run-pass.ts';

export interface Scanned {
  readonly files: Readonly<Record<string, FileMeasures>>;
  readonly totals: ReadonlyMap<string, Measured>;
}

interface Scan {
  readonly run: Run;
  readonly known: Map<string, FileMeasures>;
  /** Why a measure has no value, by its key. */
  readonly errors: Map<string, string>;
}

/** Files in one statement: beyond that, planning outweighs what is saved. */
const filesPerScan = 64;

/** Counts what `previous` does not hold, file by file, and adds all up. */
export async function scanFiles(run: Run, table: CheckedTable, wanted: readonly ScanMeasure[]): Promise<Scanned> {
  const known = new Map(table.files.map(({ name }) => [name, pick(table.previous?.files[name] ?? {}, wanted)]));
  const scan: Scan = { run, known, errors: new Map() };
  for (const { files, measures } of lackingFiles(table, wanted, table.files)) {
    for (const some of chunks(files, filesPerScan)) await scanTogether(scan, some, measures);
  }
  const none: FileMeasures = Object.fromEntries(wanted.map(({ key }) => [key, 0]));
  const sums = [...known.values()].reduce(mergeMeasures, none);
  const totals = wanted.map((measure): [string, Measured] => [measurementKey(measure), total(measure.key, scan, sums)]);
  return { files: Object.fromEntries(known), totals: new Map(totals) };
}

/** Files that lack the same measures, together: they are scanned by the same statement. */
export function lackingFiles(table: CheckedTable, wanted: readonly ScanMeasure[], files: readonly CheckedFile[]) {
  const groups = Map.groupBy(files, ({ name }) => {
    const known = table.previous?.files[name] ?? {};
    return wanted.flatMap(({ key }, index) => (known[key] === undefined ? [index] : [])).join();
  });
  return [...groups].flatMap(([lacks, some]) => {
    const measures = lacks === '' ? [] : lacks.split(',').flatMap((index) => wanted[Number(index)] ?? []);
    return measures.length === 0 ? [] : [{ files: some, measures }];
  });
}

/** All measures in one statement; where the engine refuses it, each half by itself, down to the one that is to blame. */
async function scanTogether(scan: Scan, files: readonly CheckedFile[], measures: readonly ScanMeasure[]): Promise<void> {
  for (const pass of scanPasses(
    measures,
    files.map(({ relation }) => relation),
  )) {
    const some = measures.filter((measure) => pass.measures.includes(measure));
    const result = await runPass(scan.run, pass, files);
    if ('rows' in result) {
      for (const row of result.rows) remember(scan, files[Number(row.relation)], some, row);
    } else if (some.length > 1) {
      await scanTogether(scan, files, some.slice(0, some.length / 2));
      await scanTogether(scan, files, some.slice(some.length / 2));
    } else {
      for (const { key } of some) scan.errors.set(key, result.error);
    }
  }
}

function remember({ known }: Scan, file: CheckedFile | undefined, measures: readonly ScanMeasure[], row: Readonly<Record<string, unknown>>): void {
  if (file === undefined) return;
  const counts = measures.map(({ key }, index) => [key, Number(row[`m${index}`])]);
  known.set(file.name, { ...known.get(file.name), ...Object.fromEntries(counts) });
}

function total(key: string, { errors }: Scan, sums: FileMeasures): Measured {
  const value = sums[key];
  return value === undefined ? { error: errors.get(key) ?? 'it was not measured' } : { value };
}

function pick(measures: FileMeasures, wanted: readonly ScanMeasure[]): FileMeasures {
  return Object.fromEntries(wanted.flatMap(({ key }) => (measures[key] === undefined ? [] : [[key, measures[key]]])));
}

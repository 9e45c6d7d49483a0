import type { JsonObject, JsonValue } from '@hanse/core/document/document.ts';
import { listOf, objectOf } from '@hanse/core/document/json.ts';
import { addedKeyPass, type KeyExtent, keyPass, type Pass } from '@hanse/core/rule/compile-passes.ts';
import { measurementKey } from '@hanse/core/rule/judge.ts';
import { addedRunsPass, densePass, extentPass, extentsIn, extentsPass, mergedRuns, nearPass, runSql, sortedPass } from '@hanse/core/rule/key-proof.ts';
import type { KeyMeasure, Measured } from '@hanse/core/rule/measure.ts';
import type { CheckedFile, CheckedTable } from './check-table.ts';
import { openRuns } from './key-runs.ts';
import { type Run, runPass } from './run-pass.ts';

export interface CountedKeys {
  readonly counts: Readonly<Record<string, number>>;
  readonly totals: ReadonlyMap<string, Measured>;
  /** Keys that repeat most, by key measure, where the count met them: each with how often it is there (`rows`). */
  readonly repeated: RepeatedKeys;
}

export type RepeatedKeys = ReadonlyMap<string, readonly JsonObject[]>;

/** Repetitions of each key. Where files were only added to what `previous` counted, just what they add is counted. */
export async function countKeys(run: Run, table: CheckedTable, wanted: readonly KeyMeasure[]): Promise<CountedKeys> {
  const totals = new Map<string, Measured>();
  const counts: Record<string, number> = {};
  const repeated = new Map<string, readonly JsonObject[]>();
  for (const measure of wanted) {
    const { keys, ...measured } = await countKey(run, table, measure);
    totals.set(measurementKey(measure), measured);
    if ('value' in measured) counts[measure.key] = Number(measured.value);
    if (keys !== undefined) repeated.set(measure.key, keys);
  }
  return { counts, totals, repeated };
}

type Counted = Measured & { readonly keys?: readonly JsonObject[] };

async function countKey(run: Run, table: CheckedTable, measure: KeyMeasure): Promise<Counted> {
  const { files, relation } = table;
  const before = table.previous?.keys[measure.key];
  const added = before === undefined ? undefined : addedFiles(table);
  if (files.length === 0) return { value: 0 };
  if (before === undefined || added === undefined) return countAll({ run, relation, files }, measure, await runsOf(table, measure, files));
  if (added.length === 0) return { value: before };
  const counted = await countAdded(run, table, measure, added);
  if ('error' in counted) return counted;
  // With older ones there are others to show.
  return before === 0 ? counted : { value: before + Number(counted.value) };
}

/** The repetitions that files bring to what was counted: among themselves, where all other keys lie elsewhere. */
async function countAdded(run: Run, table: CheckedTable, measure: KeyMeasure, added: readonly CheckedFile[]): Promise<Counted> {
  const { files, relation } = table;
  const relations = added.map((file) => file.relation);
  const extents = await extentsOf(run, measure, added);
  const keyed: Keyed = {
    run,
    relation: relations.length === 1 ? relations.join('') : `(${relations.map((one) => `FROM ${one}`).join(' UNION ALL ')})`,
    files: added,
  };
  if (extents !== undefined && table.known !== undefined && (await isZero({ run, relation: table.known, files }, nearPass(measure, table.known, extents))))
    return countAll(keyed, measure);
  if (await showByRuns(run, table, measure, added)) return { value: 0 };
  return countWith({ run, relation, files }, measure, addedKeyPass(measure, relations, relation, extents));
}

/** Between which values the added keys lie; undefined where it is of no use. */
async function extentsOf(run: Run, measure: KeyMeasure, added: readonly CheckedFile[]): Promise<readonly KeyExtent[] | undefined> {
  if (measure.proof === undefined) return undefined;
  const pass = extentsPass(
    measure,
    added.map(({ relation }) => relation),
  );
  const asked = await runPass(run, pass, added);
  return 'rows' in asked && asked.rows[0] !== undefined ? extentsIn(asked.rows[0], measure) : undefined;
}

/** The kept keys of some of the table's files; undefined where they cannot be had. */
async function runsOf({ runs }: CheckedTable, measure: KeyMeasure, files: readonly CheckedFile[]): Promise<readonly string[] | undefined> {
  if (runs === undefined || measure.proof !== 'hashed') return undefined;
  return openRuns(runs, files, (file) => [measure, runSql(measure, file.relation)]);
}

/** Whether kept runs show that the added files repeat no key; without runs nothing is shown. */
async function showByRuns(run: Run, table: CheckedTable, measure: KeyMeasure, added: readonly CheckedFile[]): Promise<boolean> {
  const names = new Set(added.map(({ name }) => name));
  const old = table.files.filter(({ name }) => !names.has(name));
  const known = await runsOf(table, measure, old);
  const fresh = known && (await runsOf(table, measure, added));
  if (known === undefined || fresh === undefined) return false;
  return isZero({ run, relation: table.relation, files: table.files }, addedRunsPass(measure, known, fresh));
}

interface Keyed {
  readonly run: Run;
  readonly relation: string;
  readonly files: readonly CheckedFile[];
}

/** By what is cheap where no key repeats. */
async function countAll(keyed: Keyed, measure: KeyMeasure, runs?: readonly string[]): Promise<Counted> {
  const { run, relation, files } = keyed;
  if (measure.proof === 'dense' && (await denseProof(keyed, measure))) return { value: 0 };
  const pass = measure.proof === undefined ? undefined : sortedPass(measure, relation, runs && mergedRuns(runs));
  const sorted = pass && (await runPass(run, pass, files));
  const row = sorted !== undefined && 'rows' in sorted ? sorted.rows[0] : undefined;
  if (row !== undefined && Number(row['m1']) === 0) return { value: Number(row['m0']), keys: keysIn(row['m2'], measure) };
  return countWith(keyed, measure, keyPass(measure, [relation]));
}

/** Undefined where keys lie too far apart. */
async function denseProof({ run, relation, files }: Keyed, measure: KeyMeasure): Promise<boolean | undefined> {
  const extent = await runPass(run, extentPass(measure, relation), files);
  const { m0, m1, m2 } = ('rows' in extent ? extent.rows[0] : undefined) ?? {};
  if (typeof m0 !== 'string' && typeof m0 !== 'number') return undefined;
  const pass = densePass(measure, relation, { low: BigInt(m0), high: BigInt(String(m1)), count: BigInt(String(m2)) });
  return pass && isZero({ run, relation, files }, pass);
}

async function isZero({ run, files }: Keyed, pass: Pass): Promise<boolean> {
  const result = await runPass(run, pass, files);
  return 'rows' in result && Number(result.rows[0]?.m0) === 0;
}

/** The files that `previous` does not know; undefined where it knows one that is gone. */
function addedFiles({ previous, files }: CheckedTable): readonly CheckedFile[] | undefined {
  const names = new Set(files.map(({ name }) => name));
  const old = previous?.files ?? {};
  return Object.keys(old).every((name) => names.has(name)) ? files.filter(({ name }) => !Object.hasOwn(old, name)) : undefined;
}

async function countWith({ run, files }: Keyed, measure: KeyMeasure, pass: Pass): Promise<Counted> {
  const result = await runPass(run, pass, files);
  if ('error' in result) return result;
  const [row] = result.rows;
  return { value: Number(row?.['m0']), keys: keysIn(row?.['m1'], measure) };
}

/** As their columns are called. */
function keysIn(list: JsonValue | undefined, { names, columns }: KeyMeasure): readonly JsonObject[] {
  return listOf(list).map((key) => {
    const { rows = null, ...values } = objectOf(key);
    return { ...Object.fromEntries(names.map(([name, column]) => [name, values[`k${columns.indexOf(column)}`] ?? null])), rows };
  });
}

import { addedKeyPass, keyPass, type Pass } from '@hanse/core/rule/compile-passes.ts';
import { measurementKey } from '@hanse/core/rule/judge.ts';
import { addedRunsPass, densePass, extentPass, runSql, runsPass, sortedPass } from '@hanse/core/rule/key-proof.ts';
import type { KeyMeasure, Measured } from '@hanse/core/rule/measure.ts';
import type { CheckedFile, CheckedTable } from './check-table.ts';
import { openRuns } from './key-runs.ts';
import { type Run, runPass } from './run-pass.ts';

export interface CountedKeys {
  readonly counts: Readonly<Record<string, number>>;
  readonly totals: ReadonlyMap<string, Measured>;
}

/** Repetitions of each key. Where files were only added to what `previous` counted, just what they add is counted. */
export async function countKeys(run: Run, table: CheckedTable, wanted: readonly KeyMeasure[]): Promise<CountedKeys> {
  const totals = new Map<string, Measured>();
  const counts: Record<string, number> = {};
  for (const measure of wanted) {
    const measured = await countKey(run, table, measure);
    totals.set(measurementKey(measure), measured);
    if ('value' in measured) counts[measure.key] = Number(measured.value);
  }
  return { counts, totals };
}

async function countKey(run: Run, table: CheckedTable, measure: KeyMeasure): Promise<Measured> {
  const before = table.previous?.keys[measure.key];
  const added = before === undefined ? undefined : addedFiles(table);
  if (table.files.length === 0) return { value: 0 };
  if (before === undefined || added === undefined) {
    const unique = (await showByRuns(run, table, measure, [])) ?? (await isUnique({ run, relation: table.relation, files: table.files }, measure));
    return unique ? { value: 0 } : countWith(run, keyPass(measure, [table.relation]), table.files, 0);
  }
  if (added.length === 0 || (await showByRuns(run, table, measure, added))) return { value: before };
  const pass = addedKeyPass(
    measure,
    added.map(({ relation }) => relation),
    table.relation,
  );
  return countWith(run, pass, table.files, before);
}

/** Whether kept runs show that the added files repeat no key, or no file where none is added; undefined without runs. */
async function showByRuns(run: Run, table: CheckedTable, measure: KeyMeasure, added: readonly CheckedFile[]): Promise<boolean | undefined> {
  const { runs, files } = table;
  if (runs === undefined || measure.proof !== 'hashed') return undefined;
  const open = (some: readonly CheckedFile[]) => openRuns(runs, some, (file) => [measure, runSql(measure, file.relation)]);
  const names = new Set(added.map(({ name }) => name));
  const [old, fresh] = [await open(files.filter(({ name }) => !names.has(name))), await open(added)];
  if (old === undefined || fresh === undefined) return undefined;
  const pass = old.length > 0 && fresh.length > 0 ? addedRunsPass(measure, old, fresh) : runsPass(measure, [...old, ...fresh]);
  return isZero({ run, relation: table.relation, files }, pass);
}

interface Keyed {
  readonly run: Run;
  readonly relation: string;
  readonly files: readonly CheckedFile[];
}

/** True where it was shown that no key repeats; false says nothing. */
async function isUnique(keyed: Keyed, measure: KeyMeasure): Promise<boolean> {
  if (measure.proof === undefined) return false;
  const dense = measure.proof === 'dense' ? await denseProof(keyed, measure) : undefined;
  return dense ?? (await isZero(keyed, sortedPass(measure, keyed.relation)));
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

async function countWith(run: Run, pass: ReturnType<typeof keyPass>, files: readonly CheckedFile[], before: number): Promise<Measured> {
  const result = await runPass(run, pass, files);
  return 'error' in result ? result : { value: before + Number(result.rows[0]?.m0) };
}

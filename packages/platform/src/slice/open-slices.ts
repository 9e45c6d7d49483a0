import type { Finding } from '@hanse/core/finding/finding.ts';
import { ExternalError } from '../error.ts';
import type { Files } from '../files/files.ts';
import { type Footer, readFooter } from '../parquet/footer.ts';
import { isWhole, keepSlice, type Kept, openKept, type SlicesOptions, type Storehouse } from './keep-slice.ts';
import { planSlice, type SlicePlan } from './plan-slice.ts';
import { openShelf } from './shelf.ts';
import { type SingleFlight, singleFlight } from './single-flight.ts';
import { filePrefix, keyOfName, sliceKey, sliceName } from './slice-key.ts';
import type { PrepareRequest, Slice, SliceRequest, Slices } from './slices.ts';
import { openWorkplaces } from './workplace.ts';

type Facts = Pick<Footer, 'fields' | 'rows' | 'bytes'>;

interface Shop extends Storehouse {
  /** What the footers of data files say; they never change. */
  readonly facts: Map<string, Promise<Facts>>;
  readonly flights: SingleFlight<Kept>;
}

/** Takes over the slices that earlier processes left in `files`. */
export async function openSlices(options: SlicesOptions): Promise<Slices> {
  const { files } = options;
  const checked: Shop['checked'] = new Map();
  const shelf = openShelf(options.budgetBytes, (name) => {
    checked.delete(name);
    return files.remove(name);
  });
  for (const { name, bytes } of await oldestFirst(files)) shelf.put(name, bytes);
  await shelf.evict();
  const shop: Shop = { options, shelf, checked, facts: new Map(), flights: singleFlight() };
  return {
    slice: (request) => serve(shop, request),
    prepare: (request) => prepare(shop, request),
    forget: (file) => forget(shop, file),
    verify: () => verify(shop),
  };
}

async function oldestFirst(files: Files): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  for await (const file of files.list('slice')) listed.push(file);
  return listed.toSorted((a, b) => (a.modifiedAt < b.modifiedAt ? -1 : 1));
}

type Listed = ReturnType<Files['list']> extends AsyncIterable<infer File> ? File : never;

async function serve(shop: Shop, { file, columns, restriction, signal }: SliceRequest): Promise<Slice> {
  const { path, facts } = await openDataFile(shop, file);
  const plan = planSlice(facts, columns, restriction);
  if (plan === undefined) return { name: file, path, rows: facts.rows, bytes: facts.bytes, built: false, [Symbol.dispose]: () => undefined };
  const key = keyOf(shop, file, plan);
  const lease = shop.shelf.lease(sliceName(key));
  try {
    const kept = await shop.flights.run(key, (flight) => keepSlice(shop, { key, source: path, plan, signal: flight }), signal);
    return { ...kept, [Symbol.dispose]: () => lease[Symbol.dispose]() };
  } catch (error) {
    lease[Symbol.dispose]();
    throw error;
  }
}

async function openDataFile({ options, facts }: Shop, file: string): Promise<{ readonly path: string; readonly facts: Facts }> {
  const path = await options.files.open(file);
  if (path === undefined) {
    throw new ExternalError(`${file} is missing.`, { hint: 'Restore the folder of files from a backup, or build the table again.' });
  }
  const read = facts.get(file) ?? readFacts(path);
  facts.set(file, read);
  read.catch(() => facts.delete(file));
  return { path, facts: await read };
}

async function readFacts(path: string): Promise<Facts> {
  const { fields, rows, bytes } = await readFooter(path);
  return { fields: fields.map((field) => ({ ...field, elements: [] })), rows, bytes };
}

function keyOf({ options }: Shop, file: string, { narrowed }: SlicePlan): string {
  return sliceKey({ file, ...narrowed, hashKeyId: options.hashKey.id });
}

/** One file at a time, all its slices by one worker: the engine has its own bounds, and readers come first. While it writes one slice the one before is sealed. */
async function prepare(shop: Shop, { files, columns, restrictions, signal }: PrepareRequest): Promise<number> {
  let built = 0;
  for (const file of files) {
    signal?.throwIfAborted();
    const { path, facts } = await openDataFile(shop, file);
    const plans = restrictions.map((restriction) => planSlice(facts, columns, restriction)).filter((plan) => plan !== undefined);
    built += await preparePlans(shop, path, { plans: new Map(plans.map((plan) => [keyOf(shop, file, plan), plan])), signal });
  }
  return built;
}

interface Preparing {
  readonly plans: ReadonlyMap<string, SlicePlan>;
  readonly signal: AbortSignal | undefined;
}

async function preparePlans(shop: Shop, source: string, { plans, signal }: Preparing): Promise<number> {
  const missing: (readonly [string, SlicePlan])[] = [];
  for (const [key, plan] of plans) if ((await openKept(shop, sliceName(key))) === undefined) missing.push([key, plan]);
  const [first] = missing;
  if (first === undefined) return 0;
  await using work = await openWorkplaces(shop.options, { source, columns: first[1].columns, count: missing.length, signal });
  let built = 0;
  const queue = missing.entries();
  async function take(): Promise<void> {
    for (const [at, [key, plan]] of queue) {
      using _lease = shop.shelf.lease(sliceName(key));
      const made = await shop.flights.run(key, (flight) => keepSlice(shop, { key, source, plan, signal: flight }, work.places[at]), signal);
      if (made.built !== false) built += 1;
    }
  }
  const taking = [take(), take()];
  await Promise.allSettled(taking);
  await Promise.all(taking);
  return built;
}

async function forget({ shelf, facts }: Shop, file: string): Promise<void> {
  facts.delete(file);
  const own = shelf.names().filter((name) => keyOfName(name).startsWith(filePrefix(file)));
  for (const name of own) await shelf.remove(name);
}

async function verify(shop: Shop): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of shop.shelf.names()) {
    if (await isWhole(shop, name)) continue;
    await shop.shelf.remove(name);
    const message = `${name} is not what was sealed; it was removed.`;
    findings.push({
      code: 'slice.damaged',
      severity: 'warning',
      ref: name,
      message,
      hint: 'Nothing is lost: it is made again from its data file. Check the disk.',
    });
  }
  return findings;
}

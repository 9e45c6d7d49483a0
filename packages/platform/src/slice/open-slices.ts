import { stat } from 'node:fs/promises';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Restriction } from '@hanse/core/restriction/restriction.ts';
import { ExternalError } from '../error.ts';
import type { Files, Staged } from '../files/files.ts';
import { type Footer, readFooter } from '../parquet/footer.ts';
import { buildSlice, type SliceBuilder } from './build-slice.ts';
import { planSlice, type SlicePlan } from './plan-slice.ts';
import { openShelf, type Shelf } from './shelf.ts';
import { singleFlight } from './single-flight.ts';
import { filePrefix, keyOfName, placeOf, sliceKey, sliceName } from './slice-key.ts';
import { checkSlice, sealSlice, type SliceSeal } from './slice-seal.ts';
import type { PrepareRequest, Slice, SliceRequest, Slices } from './slices.ts';

export interface SlicesOptions extends SliceBuilder {
  /** What all kept slices may take together; one in use may exceed it for that time. */
  readonly budgetBytes: number;
}

type Kept = Omit<Slice, typeof Symbol.dispose>;
type Facts = Pick<Footer, 'fields' | 'rows' | 'bytes'>;

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
  const shop: Shop = { options, shelf, facts: new Map(), checked };
  const flights = singleFlight<Kept>();
  const slice = (request: SliceRequest) => serve(shop, flights, request);
  return {
    slice,
    prepare: (request) => prepare(slice, request),
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

interface Shop {
  readonly options: SlicesOptions;
  readonly shelf: Shelf;
  /** What the footers of data files say; they never change. */
  readonly facts: Map<string, Promise<Facts>>;
  /** Kept slices that this process has checked, and what the disk said of them then. */
  readonly checked: Map<string, { readonly stamp: string; readonly rows: number }>;
}

async function serve(shop: Shop, flights: ReturnType<typeof singleFlight<Kept>>, request: SliceRequest): Promise<Slice> {
  const path = await shop.options.files.open(request.file);
  if (path === undefined) throw missing(request.file);
  const facts = await factsOf(shop, request.file, path);
  const plan = planSlice(facts, request.columns, request.restriction);
  if (plan === undefined) return { name: request.file, path, rows: facts.rows, bytes: facts.bytes, built: false, [Symbol.dispose]: () => undefined };
  const key = keyOf(shop, request.file, plan);
  const lease = shop.shelf.lease(sliceName(key));
  try {
    const kept = await flights.run(key, (signal) => keep(shop, { key, source: path, plan, signal }), request.signal);
    return { ...kept, [Symbol.dispose]: () => lease[Symbol.dispose]() };
  } catch (error) {
    lease[Symbol.dispose]();
    throw error;
  }
}

function keyOf({ options }: Shop, file: string, { narrowed }: SlicePlan): string {
  return sliceKey({ file, ...narrowed, hashKeyId: options.hashKey.id });
}

interface Order {
  readonly key: string;
  readonly source: string;
  readonly plan: SlicePlan;
  readonly signal: AbortSignal;
}

async function keep(shop: Shop, order: Order): Promise<Kept> {
  const kept = await openKept(shop, sliceName(order.key));
  if (kept !== undefined) return kept;
  const { files } = shop.options;
  const staged = await files.stage('slice', 'parquet');
  try {
    const { built, hash } = await buildSlice(shop.options, { ...order, target: staged.path });
    order.signal.throwIfAborted();
    await sealSlice(staged.path, sealOf(shop, order.key), hash);
    const made = await sealed(shop, staged, order.key);
    await shop.shelf.evict();
    return { ...made, built };
  } finally {
    await files.discard(staged);
  }
}

/** The engine's bytes differ from run to run: where another process was first, its slice is as good. */
async function sealed(shop: Shop, staged: Staged, key: string): Promise<Kept> {
  const refusal = await shop.options.files.seal(staged, placeOf(key)).then(
    () => missing(sliceName(key)),
    (error: unknown) => error,
  );
  const kept = await openKept(shop, sliceName(key));
  if (kept === undefined) throw refusal;
  return kept;
}

/** A slice that is there and as it was sealed; any other is removed. One that changed under us is read whole. */
async function openKept(shop: Shop, name: string): Promise<Kept | undefined> {
  const { shelf, checked } = shop;
  await shelf.settled(name);
  const path = await shop.options.files.open(name);
  if (path === undefined) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  const stamp = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  const known = checked.get(name);
  const rows = known?.stamp === stamp ? known.rows : await checkSlice(path, sealOf(shop, keyOfName(name)), known !== undefined);
  if (rows === undefined) {
    await shelf.remove(name);
    return undefined;
  }
  shelf.put(name, size);
  checked.set(name, { stamp, rows });
  return { name, path, rows, bytes: size, built: false };
}

function sealOf({ options }: Shop, key: string): SliceSeal {
  return { key, secret: options.hashKey.hex };
}

function factsOf({ facts }: Shop, file: string, path: string): Promise<Facts> {
  const known = facts.get(file);
  if (known !== undefined) return known;
  const read = readFooter(path).then(({ fields, rows, bytes }) => ({ fields: fields.map((field) => ({ ...field, elements: [] })), rows, bytes }));
  facts.set(file, read);
  read.catch(() => facts.delete(file));
  return read;
}

function missing(name: string): ExternalError {
  return new ExternalError(`${name} is missing.`, { hint: 'Restore the folder of files from a backup, or build the table again.' });
}

/** One at a time: the engine has its own bounds, and readers come first. */
async function prepare(slice: Slices['slice'], { files, columns, restrictions, signal }: PrepareRequest): Promise<number> {
  let built = 0;
  const wanted = files.flatMap((file) => restrictions.map((restriction: Restriction) => ({ file, restriction })));
  for (const { file, restriction } of wanted) {
    using made = await slice({ file, columns, restriction, ...(signal !== undefined && { signal }) });
    if (made.built !== false) built += 1;
  }
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
    const path = await shop.options.files.open(name);
    if (path === undefined || (await checkSlice(path, sealOf(shop, keyOfName(name)), true)) !== undefined) continue;
    await shop.shelf.remove(name);
    findings.push({ code: 'slice.damaged', severity: 'warning', ref: name, message: `${name} is not what was sealed; it was removed.`, hint: 'Nothing is lost: it is made again from its data file. Check the disk.' });
  }
  return findings;
}

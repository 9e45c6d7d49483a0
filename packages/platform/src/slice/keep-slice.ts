import { stat } from 'node:fs/promises';
import type { Engine, Limits } from '../engine/engine.ts';
import { ExternalError } from '../error.ts';
import type { Files, Staged } from '../files/files.ts';
import { buildSlice } from './build-slice.ts';
import type { SlicePlan } from './plan-slice.ts';
import type { Shelf } from './shelf.ts';
import { keyOfName, placeOf, sliceName } from './slice-key.ts';
import { checkSlice, sealSlice, type SliceSeal } from './slice-seal.ts';
import type { Slice } from './slices.ts';
import { openWorkplaces, type Workplace } from './workplace.ts';

export interface SlicesOptions {
  readonly engine: Pick<Engine, 'session'>;
  readonly files: Files;
  readonly limits: Limits;
  /** What all kept slices may take together; one in use may exceed it for that time. */
  readonly budgetBytes: number;
  /** Keys hashes and seals. The id stands for the key wherever it would be seen. */
  readonly hashKey: { readonly id: string; readonly hex: string };
}

/** Slices by name, and what this process knows of them. */
export interface Storehouse {
  readonly options: SlicesOptions;
  readonly shelf: Shelf;
  /** Kept slices that this process has checked, and what the disk said of them then. */
  readonly checked: Map<string, { readonly stamp: string; readonly rows: number }>;
}

export type Kept = Omit<Slice, typeof Symbol.dispose>;

export interface KeepOrder {
  readonly key: string;
  readonly source: string;
  readonly plan: SlicePlan;
  readonly signal: AbortSignal;
}

/** The slice that is kept, else a new one, built at `shared` where that is given and its worker lives. */
export async function keepSlice(house: Storehouse, order: KeepOrder, shared?: Workplace): Promise<Kept> {
  const kept = (await openKept(house, sliceName(order.key))) ?? (shared && (await makeShared(house, order, shared)));
  if (kept !== undefined) return kept;
  const { source, plan, signal } = order;
  await using own = await openWorkplaces(house.options, { source, columns: plan.columns, count: 1, signal });
  const [workplace] = own.places;
  if (workplace === undefined) throw new Error('no workplace');
  return await makeSlice(house, order, workplace);
}

/** Another slice's plan, or somebody else's cancel, can have ended a shared worker. */
async function makeShared(house: Storehouse, order: KeepOrder, shared: Workplace): Promise<Kept | undefined> {
  try {
    return await makeSlice(house, order, shared);
  } catch (error) {
    if (error instanceof ExternalError && !order.signal.aborted) return undefined;
    throw error;
  }
}

async function makeSlice(house: Storehouse, { key, source, plan, signal }: KeepOrder, workplace: Workplace): Promise<Kept> {
  const { built, hash } = await buildSlice({ source, plan, hashKey: house.options.hashKey.hex, workplace });
  signal.throwIfAborted();
  await sealSlice(workplace.target.path, sealOf(house, key), hash);
  const kept = await putOnShelf(house, workplace.target, key);
  await house.shelf.evict();
  return { ...kept, built };
}

/** The engine's bytes differ from run to run: where another process was first, its slice is as good. */
async function putOnShelf(house: Storehouse, staged: Staged, key: string): Promise<Kept> {
  const refusal = await house.options.files.seal(staged, placeOf(key)).then(
    () => new ExternalError(`${sliceName(key)} is missing right after it was sealed.`),
    (error: unknown) => error,
  );
  const kept = await openKept(house, sliceName(key));
  if (kept === undefined) throw refusal;
  return kept;
}

/** A slice that is there and as it was sealed; any other is removed. One that changed under us is read whole. */
export async function openKept(house: Storehouse, name: string): Promise<Kept | undefined> {
  const { shelf, checked } = house;
  await shelf.settled(name);
  const path = await house.options.files.open(name);
  if (path === undefined) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  const stamp = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  const known = checked.get(name);
  const rows = known?.stamp === stamp ? known.rows : await checkSlice(path, sealOf(house, keyOfName(name)), known !== undefined);
  if (rows === undefined) {
    await shelf.remove(name);
    return undefined;
  }
  shelf.put(name, size);
  checked.set(name, { stamp, rows });
  return { name, path, rows, bytes: size, built: false };
}

/** True where the whole slice is what was sealed, or is not there. */
export async function isWhole(house: Storehouse, name: string): Promise<boolean> {
  const path = await house.options.files.open(name);
  return path === undefined || (await checkSlice(path, sealOf(house, keyOfName(name)), true)) !== undefined;
}

function sealOf({ options }: Storehouse, key: string): SliceSeal {
  return { key, secret: options.hashKey.hex };
}

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PublishStep } from '../../packages/platform/src/services/platform.ts';
import { type Child, startChild } from './child.ts';
import { createKnown, type Known } from './known.ts';
import type { Orders, Said } from './orders.ts';
import { type FileReader, openFileReader, startFileReader } from './read-files.ts';
import { startHttpReader } from './read-http.ts';
import { openTown } from '../fixtures/open-town.ts';
import { TABLES, type TownTable, writeBatch } from '../fixtures/town.ts';

/** Where a life ends: at a step of a build, at once or so long after it, or so long after the collection of garbage began. */
export interface Death {
  readonly table: TownTable;
  readonly step: PublishStep | 'collecting';
  /** Killed from outside, in the middle of what follows; absent: by itself, between this step and the next. */
  readonly afterMs?: number;
}

export interface Round {
  readonly kills: number;
  readonly reads: number;
}

/** One mesh, killed again and again while it is read; throws what does not hold. Ends with a life of every table that nobody kills. */
export async function runRound(deaths: readonly Death[], told: (death: Death) => void): Promise<Round> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-town-')));
  const tokens = await makeTown(folder);
  const known = createKnown();
  using files = await openFileReader(join(folder, '.hanse'));
  using filesRead = await openFileReader(join(folder, '.hanse'));
  const readers = [startHttpReader(known, tokens.tia, 'all'), startHttpReader(known, tokens.rex, 'even'), startFileReader(known, filesRead)];
  const failed = Promise.race(readers.map((reader) => reader.failed));
  const children = [startChild()];
  const life = (): Life => {
    const child = children.at(-1) ?? startChild();
    children.push(startChild());
    return { folder, known, files, child, point: (url) => readers.forEach((reader) => reader.point(url)) };
  };
  try {
    for (const death of deaths) {
      await Promise.race([dieOnce(life(), death), failed]);
      told(death);
    }
    for (const table of TABLES) await Promise.race([liveOn(life(), table), failed]);
    await Promise.all(readers.map((reader) => reader.stop()));
  } finally {
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended()));
    // Nobody reads when the files are closed.
    await Promise.allSettled(readers.map((reader) => reader.stop()));
  }
  await rm(folder, { recursive: true, force: true });
  return { kills: deaths.length, reads: known.reads };
}

async function makeTown(folder: string): Promise<{ readonly tia: string; readonly rex: string }> {
  await using town = await openTown(folder);
  const tokenOf = async (username: string) => (await town.api.createToken({ username })).token;
  return { tia: await tokenOf('tia'), rex: await tokenOf('rex') };
}

interface Life {
  readonly folder: string;
  readonly known: Known;
  readonly files: FileReader;
  readonly point: (url: string | undefined) => void;
  readonly child: Child;
}

/** The version that is built next: the one that a killed build did not publish, from the same batch, or the one after. */
async function nextBatch({ folder, known }: Life, table: TownTable): Promise<number> {
  if (known.built(table) > known.seen(table)) return known.built(table);
  const version = known.begin(table);
  await writeBatch(folder, table, version);
  return version;
}

async function dieOnce(life: Life, death: Death): Promise<void> {
  const { known, child, point } = life;
  const { table, step, afterMs } = death;
  const version = await nextBatch(life, table);
  const orders: Orders = { folder: life.folder, table, ...(step !== 'collecting' && { at: { step, tell: afterMs !== undefined } }) };
  const last = step === 'collecting' ? 'collecting' : 'step';
  for await (const said of child.live(orders)) {
    await hear(life, said);
    if (said.kind === 'built') throw new Error(`${table} was built without the step ${step}: ${said.outcome}: ${said.message}`);
    if (said.kind !== last) continue;
    await delay(afterMs);
    break;
  }
  child.kill();
  strictEqual(await child.ended(), 'SIGKILL');
  point(undefined);
  await checkFiles(life);
  if (afterMs !== undefined) return;
  const isNew = step === 'head' || step === 'announced';
  strictEqual(known.seen(table), isNew ? version : version - 1, `${table}, killed at ${step}`);
}

async function liveOn(life: Life, table: TownTable): Promise<void> {
  const { known, child, files, point } = life;
  const version = await nextBatch(life, table);
  for await (const said of child.live({ folder: life.folder, table })) {
    await hear(life, said);
    if (said.kind !== 'built') continue;
    strictEqual(said.outcome, 'published', said.message);
    await checkFiles(life);
    point(undefined);
    child.goOn();
  }
  strictEqual(await child.ended(), 'exit code 0: ');
  strictEqual(known.seen(table), version);
  const runs = files.runs(table);
  strictEqual(runs.filter((outcome) => outcome === 'published').length, version, `${table}: each version was published once`);
  strictEqual((await files.read(table))?.snapshots, version, `${table}: each version has one snapshot`);
  deepStrictEqual(
    runs.filter((outcome) => outcome === 'running'),
    [],
  );
}

async function hear({ point, files, child }: Life, said: Said): Promise<void> {
  if (said.kind === 'open') point(said.url);
  if (said.kind !== 'collected') return;
  deepStrictEqual(said.findings, []);
  deepStrictEqual(await files.unneeded(), [], 'a collection leaves nothing behind');
  child.goOn();
}

/** Whoever looks at the disk now sees whole files, and heads that point at whole versions. */
async function checkFiles({ files, known }: Life): Promise<void> {
  deepStrictEqual(await files.damaged(), []);
  for (const table of TABLES) {
    const least = known.seen(table);
    known.check({ table, view: 'all', least, content: (await files.read(table))?.content });
  }
}

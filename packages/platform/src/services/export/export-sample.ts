import { join } from 'node:path';
import { sampleContract } from '@hanse/core/sample/sample-contract.ts';
import type { Left } from '@hanse/core/sample/wishes.ts';
import type { Engine, Limits } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { writeNew } from '../../write-new.ts';
import { fileName } from './file-name.ts';
import { readContract } from '../contract/read-contract.ts';

export interface SampleExport {
  readonly engine: () => Promise<Pick<Engine, 'session'>>;
  readonly limits: Limits;
  /** The folder for one file per table. */
  readonly out: string;
  readonly format: SampleFormat;
  readonly rows: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export const sampleFormats = ['parquet', 'csv', 'jsonl'] as const;
export type SampleFormat = (typeof sampleFormats)[number];

export interface SampleExported {
  readonly files: readonly { readonly name: string; readonly rows: number }[];
  /** Promises that the rows may break. */
  readonly left: readonly Left[];
}

/** Writes made-up rows that keep contracts, a file per table. No data is read, and no file that is there is written over. */
export async function exportSample(contracts: readonly string[], { engine, limits, out, format, rows, seed, signal }: SampleExport): Promise<SampleExported> {
  const samples = await Promise.all(contracts.map(async (path) => sampleContract((await readContract(path)).contract, { seed, rows })));
  const tables = samples.flatMap(({ objects }) => objects).map((table) => ({ ...table, name: fileName(`${table.object.name}.${format}`) }));
  const twice = tables.find(({ name }, place) => tables.findIndex((other) => other.name === name) < place);
  if (twice !== undefined) throw new UserError('conflict', `two tables would be written as ${twice.name}`, 'Export their contracts one by one.');
  await using session = await (await engine()).session({ relations: [], limits, signal });
  for (const { name, sql } of tables) await writeNew(join(out, name), (await session.stream({ sql }, format)).body);
  return { files: tables.map(({ name, rows: made }) => ({ name, rows: made })), left: samples.flatMap(({ left }) => left) };
}

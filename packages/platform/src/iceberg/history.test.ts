import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '@hanse/core/table/column.ts';
import { openLocalFiles } from '../files/local/open.ts';
import type { Change } from './commit.ts';
import { createTable } from './create-table.ts';
import type { NewDataFile } from './data-file.ts';
import { openTableFiles } from './table-files.ts';
import { readTable } from './table.ts';
import { writeSnapshot, type TableVersion } from './write-snapshot.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const columns: readonly Column[] = [
  { id: 1, name: 'id', type: { kind: 'long' }, required: true },
  { id: 2, name: 'name', type: { kind: 'string' }, required: false },
];
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

interface Step {
  readonly added: readonly number[];
  /** Positions among the live files, modulo their number. */
  readonly removed: readonly number[];
  readonly all: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  added: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
  removed: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(fc.nat(50), { maxLength: 3 })),
  all: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const file = (number: number): NewDataFile => ({
  name: `data/f/${number}.parquet`,
  rows: number,
  bytes: number * 100,
  statistics: [{ columnId: 1, bytes: 8 * number, nulls: 0, min: '0', max: String(number) }],
});

/** What the same step does to a list of names: the model. */
function applyStep(live: readonly string[], { added, removed }: { added: readonly NewDataFile[]; removed: readonly string[] | 'all' }) {
  const gone = new Set(removed === 'all' ? live : removed);
  const again = added.map(({ name }) => name);
  const kept = live.filter((name) => !gone.has(name) || take(again, name));
  return [...kept, ...again].toSorted();
}

function take(names: string[], name: string): boolean {
  const at = names.indexOf(name);
  if (at >= 0) names.splice(at, 1);
  return at >= 0;
}

function changeOf({ added, removed, all }: Step, live: readonly string[], number: number): Change {
  const gone = all ? ('all' as const) : [...new Set(live.length === 0 ? [] : removed.map((position) => live[position % live.length] ?? ''))];
  return {
    kind: gone.length === 0 ? 'append' : 'overwrite',
    added: added.map(file),
    removed: gone,
    snapshotId: String(number),
    at: at(number),
    summary: { 'hanse.run-id': `run-${number}` },
  };
}

test('after any history each snapshot reads back as a model says, totals and statistics included', { timeout: 60_000 * Math.max(1, scale) }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanse-history-'));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 45 }), fc.uuid({ version: 4 }), async (steps, id) => {
      const files = await openLocalFiles({ folder });
      const tables = openTableFiles(files);
      const location = files.uri(`metadata/${id}`);
      let base: TableVersion = { metadata: createTable({ uuid: id, location, columns, at: at(0) }) };
      const model: string[][] = [];
      const addedAt = new Map<string, number[]>();
      for (const [index, one] of steps.entries()) {
        const live = model.at(-1) ?? [];
        const change = changeOf(one, live, index + 1);
        model.push(applyStep(live, change));
        for (const { name } of change.added) addedAt.set(name, [...(addedAt.get(name) ?? []), index + 1]);
        base = await writeSnapshot(tables, base, change);
      }
      const table = await readTable(openTableFiles(files), base.name ?? '');
      expect(table.columns).toEqual(columns);
      expect(table.metadata).toEqual(base.metadata);
      for (const [index, names] of model.entries()) {
        const found = await table.dataFiles(String(index + 1));
        expect(found.map(({ name }) => name).toSorted()).toEqual(names);
        const rows = found.reduce((sum, { rows }) => sum + rows, 0);
        const { summary, sequence } = table.snapshots[index] ?? { summary: {}, sequence: 0 };
        expect(summary).toMatchObject({ 'total-records': String(rows), 'total-data-files': String(names.length), 'hanse.run-id': `run-${index + 1}` });
        expect(sequence).toBe(index + 1);
        for (const one of found) {
          expect(one.columns[0]).toEqual({ columnId: 1, bytes: 8 * one.rows, values: one.rows, nulls: 0, lower: '0', upper: String(one.rows) });
          expect(addedAt.get(one.name)).toContain(one.sequence);
        }
      }
    }),
    { numRuns: Math.ceil(10 * scale) },
  );
});

import * as fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExternalError, UserError } from '../../error.ts';
import { change, heldClock, put, readRecord } from '../conformance.fixture.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const numRuns = Math.ceil(250 * scale);
const tables = ['log', 'bodies', 'versions', 'reads', 'read_uses', 'heads'] as const;
type Table = (typeof tables)[number];
type RawRow = Record<string, SQLInputValue>;

const folder = mkdtempSync(join(tmpdir(), 'hanse-tamper-'));
const file = join(folder, 'store.sqlite');
const open = () => openSqliteStore({ folder, clock: heldClock() });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const store = await open();
  for (let number = 0; number < 30; number += 1) {
    const writes = [put(`p${number % 9}`, { number, text: 'x'.repeat(number * 20) }), put(`qq${number}`)];
    await store.transact(change(number % 5 === 4 ? [{ op: 'remove', kind: 'product', id: `p${number % 9}` }] : writes));
    if (number % 3 === 0)
      await store.recordRead({ ...readRecord(number), tables: readRecord(number).tables.map((table) => ({ ...table, columns: ['aa', 'zz'] })) });
  }
  await store.close();
});

function dump(db: DatabaseSync): unknown {
  return tables.map((table) => db.prepare(`select * from ${table}`).all());
}

describe('a changed field', () => {
  let store: SqliteStore;
  let db: DatabaseSync;
  beforeAll(async () => {
    store = await open();
    db = new DatabaseSync(file);
  });
  afterAll(async () => {
    db.close();
    await store.close();
  });

  function rowsOf(table: Table): RawRow[] {
    return db.prepare(`select * from ${table}`).all();
  }

  function replace(table: Table, before: RawRow, after: RawRow): void {
    const where = Object.keys(before)
      .map((column) => `${column} is ?`)
      .join(' and ');
    const values = [...Object.values(after), ...Object.values(before)];
    const { changes } = db
      .prepare(
        `update ${table} set ${Object.keys(after)
          .map((column) => `${column} = ?`)
          .join(', ')} where ${where}`,
      )
      .run(...values);
    expect(changes).toBe(1);
  }

  const change = fc.record({ table: fc.constantFrom(...tables), row: fc.nat(), column: fc.nat(), place: fc.nat(), by: fc.integer({ min: 1, max: 94 }) });

  test('is found in every table, and named', async () => {
    expect(await store.verify()).toEqual([]);
    const property = fc.asyncProperty(change, async ({ table, row, column, place, by }) => {
      const rows = rowsOf(table);
      const before = rows[row % rows.length] ?? {};
      const name = Object.keys(before)[column % Object.keys(before).length] ?? '';
      const after = { ...before, [name]: altered(before[name], place, by) };
      replace(table, before, after);
      try {
        const findings = await store.verify();
        expect(findings.map(({ severity }) => severity)).toContain('error');
        expect(findings.map(({ ref }) => ref)).toEqual(expect.arrayContaining(expectedRefs(table, name, before)));
      } finally {
        replace(table, after, before);
      }
    });
    await fc.assert(property, { numRuns });
    expect(await store.verify()).toEqual([]);
  }, 600_000);

  test('is found when a whole row is gone', async () => {
    const property = fc.asyncProperty(fc.constantFrom(...tables), fc.nat(), async (table, row) => {
      const rows = rowsOf(table);
      const gone = rows[row % rows.length] ?? {};
      const columns = Object.keys(gone);
      db.prepare(`delete from ${table} where ${columns.map((column) => `${column} is ?`).join(' and ')}`).run(...Object.values(gone));
      expect((await store.verify()).length).toBeGreaterThan(0);
      db.prepare(`insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`).run(...Object.values(gone));
    });
    await fc.assert(property, { numRuns: Math.ceil(numRuns / 10) });
    expect(await store.verify()).toEqual([]);
  }, 600_000);

  test('a body that was forgotten is told as such, and the chain still verifies', async () => {
    const before = rowsOf('bodies')[0] ?? {};
    replace('bodies', before, { ...before, salt: null, content: null });
    expect(await store.verify()).toEqual([
      {
        code: 'store.forgotten',
        severity: 'warning',
        ref: 'product/p0',
        message: 'product/p0: the body of version 1 was forgotten; its entry still verifies.',
      },
    ]);
    replace('bodies', { ...before, salt: null, content: null }, before);
  });
});

test('a flipped byte in the file is found, or changed nothing', async () => {
  const whole = readFileSync(file);
  const db = new DatabaseSync(file);
  const original = dump(db);
  db.close();
  const seen = { refused: 0, found: 0, harmless: 0 };
  const property = fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(offset) ^ mask, offset);
    writeFileSync(file, bytes);
    seen[await outcome(original)] += 1;
  });
  await fc.assert(property, { numRuns });
  writeFileSync(file, whole);
  expect(seen.found).toBeGreaterThan(numRuns / 4);
  console.log(`store: ${numRuns} bytes flipped: ${JSON.stringify(seen)}`);
}, 600_000);

async function outcome(original: unknown): Promise<'refused' | 'found' | 'harmless'> {
  const store = await open().catch((error: unknown) => error);
  if (store instanceof UserError || store instanceof ExternalError) return 'refused';
  if (store === null || typeof store !== 'object' || !('verify' in store)) throw store;
  const opened: SqliteStore = Object.assign(store);
  try {
    const findings = await opened.verify();
    if (findings.length > 0) return 'found';
    const db = new DatabaseSync(file);
    expect(dump(db)).toEqual(original);
    db.close();
    return 'harmless';
  } finally {
    await opened.close().catch(() => {});
  }
}

function altered(value: SQLInputValue | undefined, place: number, by: number): SQLInputValue {
  if (typeof value === 'number') return value > 2 ** 52 ? value - by : value + 1000 + by;
  const text = String(value);
  const at = place % text.length;
  // Another printable character than the one that stands there.
  const other = String.fromCharCode(33 + ((text.charCodeAt(at) - 33 + by) % 94));
  return text.slice(0, at) + (other === text[at] ? `${other}!` : other) + text.slice(at + 1);
}

/** A changed name or number may show at another place as well; contents show exactly where they are. */
function expectedRefs(table: Table, column: string, row: RawRow): string[] {
  if (table === 'log' || table === 'reads') return column === 'entry' || column === 'hash' || column === 'at' ? [`${table}/${row['sequence']}`] : [];
  if (table === 'read_uses') return ['reads/uses'];
  if (table === 'bodies' && column === 'number') return [];
  if (table === 'versions' && column !== 'until') return [];
  return table === 'heads' ? [] : [`${row['kind']}/${row['id']}`];
}

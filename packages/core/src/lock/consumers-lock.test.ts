import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lines, scale } from '../../../../test/fixtures/read-document.ts';
import type { ConsumersLock, LockedConsumer } from './consumers-lock.ts';
import { formatConsumersLock } from './format-consumers-lock.ts';
import { parseConsumersLock } from './parse-consumers-lock.ts';

const read = (text: string) => parseConsumersLock('consumers.lock.yaml', text);
const mia: LockedConsumer = { consumer: 'mia', agreement: 'a1', role: 'eu', noticeDays: 30, columns: ['b', 'a'], evidence: '2 reads', lastSeen: '2026-01-31' };
const spend: LockedConsumer = { consumer: 'marketing/spend', columns: undefined, evidence: 'spend.sql, whose columns cannot be told' };
const lock: ConsumersLock = {
  mesh: 'shop',
  asOf: 42,
  at: '2026-02-01T10:00:00.000Z',
  tables: { 'c2@1/t': { table: 'shop.t', consumers: [] }, 'c1@1/t': { table: 'shop.s', consumers: [spend, mia] } },
};

test('the lock is written in an order of its own, a consumer on a line, columns sorted', () => {
  expect(formatConsumersLock(lock)).toMatchInlineSnapshot(`
    "# Who uses the tables of this repository, as the mesh knew it. Written by \`hanse pull\`; edit nothing here.
    # \`hanse plan --base\` reads it: commit it, and pull again before it is older than limits.lockDays (7 days where hanse.yaml says nothing).
    version: 1
    mesh: "shop"
    asOf: 42
    at: "2026-02-01T10:00:00.000Z"
    tables:
      "c1@1/t":
        table: "shop.s"
        consumers:
          - {consumer: "marketing/spend", columns: unknown, evidence: "spend.sql, whose columns cannot be told"}
          - {consumer: "mia", agreement: "a1", role: "eu", noticeDays: 30, columns: ["a", "b"], evidence: "2 reads", lastSeen: "2026-01-31"}
      "c2@1/t":
        table: "shop.t"
        consumers: []
    "
  `);
});

const word = fc
  .oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom('__proto__', '# x', 'a: b', '"', '\u2028', '1', 'null', '- x'))
  .filter((text) => text.trim() !== '' && text.isWellFormed());
const consumer: fc.Arbitrary<LockedConsumer> = fc.record(
  {
    consumer: word,
    agreement: word,
    role: word,
    noticeDays: fc.nat(400),
    columns: fc.option(
      fc.uniqueArray(word, { maxLength: 4 }).map((names) => names.toSorted()),
      { nil: undefined },
    ),
    evidence: word,
    lastSeen: fc.constantFrom('2026-01-31', '2027-12-01'),
  },
  { requiredKeys: ['consumer', 'columns', 'evidence'] },
);
const tables = fc
  .uniqueArray(fc.tuple(word, fc.record({ table: word, consumers: fc.array(consumer, { maxLength: 4 }) })), { selector: ([id]) => id, maxLength: 5 })
  .map((entries) => Object.fromEntries(entries.filter(([id]) => id !== '__proto__')));

test('what was written is read, and written again the same, whatever names hold', () => {
  fc.assert(
    fc.property(word, fc.nat(), tables, (mesh, asOf, locked) => {
      const written = formatConsumersLock({ mesh, asOf, at: lock.at, tables: locked });
      const { lock: again, findings } = read(written);
      expect(findings).toEqual([]);
      expect(again && formatConsumersLock(again)).toBe(written);
      const inOrder = (each: ConsumersLock['tables']) =>
        Object.entries(each).map(([id, { consumers }]) => [id, new Set(consumers.map((one) => JSON.stringify(Object.entries(one).toSorted())))]);
      expect(new Map(inOrder(again?.tables ?? {}) as [string, unknown][])).toEqual(new Map(inOrder(locked) as [string, unknown][]));
    }),
    { numRuns: Math.ceil(100 * scale) },
  );
});

test('the order in which a mesh names consumers and tables makes no difference', () => {
  const turned = {
    ...lock,
    tables: Object.fromEntries(
      Object.entries(lock.tables)
        .toReversed()
        .map(([id, { table, consumers }]) => [id, { table, consumers: consumers.toReversed() }]),
    ),
  };
  expect(formatConsumersLock(turned)).toBe(formatConsumersLock(lock));
});

test('evidence that names every column of a wide table is cut, so that the lock is read', () => {
  const wide = { ...lock, tables: { t: { table: 't', consumers: [{ ...mia, evidence: '\u{1F600}'.repeat(900) }] } } };
  expect(read(formatConsumersLock(wide)).lock?.tables.t?.consumers[0]?.evidence.length).toBe(1_000);
});

test('what would move a cursor on a terminal is taken out', () => {
  const escape = String.fromCodePoint(27);
  const hostile = formatConsumersLock({ ...lock, tables: { t: { table: 't', consumers: [{ ...mia, consumer: `${escape}[2Jnobody` }] } } });
  expect(read(hostile).lock?.tables['t']?.consumers[0]?.consumer).toBe('\u{FFFD}[2Jnobody');
});

test('a lock that somebody edited is refused with the place of each fault', () => {
  const good = formatConsumersLock(lock);
  const wrong = {
    version: good.replace('version: 1', 'version: 2'),
    columns: good.replace('columns: unknown', 'columns: none'),
    day: good.replace('2026-01-31', 'yesterday'),
    time: good.replace(lock.at, 'soon'),
    key: good.replace('evidence: "2 reads"', 'evidence: "2 reads", safe: true'),
    number: good.replace('asOf: 42', 'asOf: -1'),
    text: good.replace('tables:', 'tables: ['),
    long: good.replace('"spend.sql', `"${'x'.repeat(2_000)}`),
    empty: '',
  };
  expect(Object.entries(wrong).flatMap(([name, text]) => lines(read(text).findings).map((line) => `${name}: ${line}`))).toMatchInlineSnapshot(`
    [
      "version: consumers.lock.yaml:3:10 error document.shape: version must be \`1\`, not the number 2. Did you mean \`1\`?",
      "columns: consumers.lock.yaml:11:48 error document.shape: tables.c1@1/t.consumers[0].columns must be \`unknown\`, not \`none\`. Write one of them.",
      "day: consumers.lock.yaml:12:124 error document.shape: tables.c1@1/t.consumers.eu.lastSeen must be a day, as 2026-01-31, not \`yesterday\`. Write it so.",
      "time: consumers.lock.yaml:6:5 error document.shape: at must be a time in UTC, as 2026-01-31T12:00:00.000Z, not \`soon\`. Write it so.",
      "key: consumers.lock.yaml:12:114 error document.shape: tables.c1@1/t.consumers.eu: \`safe\` is not known here. Known are \`consumer\`, \`agreement\`, \`role\`, \`noticeDays\`, \`columns\`, \`evidence\` and \`lastSeen\`.",
      "number: consumers.lock.yaml:5:7 error document.shape: asOf must be at least 0, not the number -1. Write at least 0.",
      "text: consumers.lock.yaml:9:5 error document.yaml: not well-formed YAML: Block collections are not allowed within flow collections. Check indentation, quotes and brackets at this place.",
      "long: consumers.lock.yaml:11:67 error document.shape: tables.c1@1/t.consumers[0].evidence must be at most 1000 characters, not \`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\`. Write at most 1000 characters.",
      "empty: consumers.lock.yaml:1:1 error document.yaml: the file is empty. Write the document, or remove the file.",
    ]
  `);
});

test('what consumers said yes to is carried, whatever they wrote', () => {
  const yes = { agreement: 'a1', change: 'column-removed:t:b', version: '1.0.0', by: 'mia', at: '2026-01-31T10:00:00.000Z' };
  const accepted = [
    { ...yes, reason: '' },
    { ...yes, change: 'column-removed:t:c', reason: 'fine "by" me: yes # and\nmore, {a: b}' },
  ];
  expect(read(formatConsumersLock({ ...lock, accepted }))).toMatchObject({ lock: { accepted }, findings: [] });
  expect(read(formatConsumersLock({ ...lock, accepted: [{ ...yes, at: 'today', reason: '' }] })).lock).toBeUndefined();
});

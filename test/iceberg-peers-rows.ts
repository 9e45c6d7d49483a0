import type { WantedField, WantedType } from '@hanse/core/table/wanted-type.ts';

export const field = (key: string, type: WantedType, name = key): WantedField => ({ key, name, type, required: false });
export const plain = (
  kind: 'int' | 'long' | 'string' | 'boolean' | 'double' | 'float' | 'date' | 'time' | 'timestamp' | 'timestamptz' | 'uuid' | 'binary',
) => ({ kind });

/** Each column is known by its key: the second schema renames, widens, drops, adds, nests and reorders. */
export const firstSchema: readonly WantedField[] = [
  { ...field('id', plain('int')), required: true, doc: 'The row' },
  field('flag', plain('boolean')),
  field('small', plain('float')),
  field('real', plain('double')),
  field('amount', { kind: 'decimal', precision: 9, scale: 2 }),
  field('huge', { kind: 'decimal', precision: 38, scale: 6 }),
  field('day', plain('date')),
  field('clock', plain('time')),
  field('seen', plain('timestamp')),
  field('sent', plain('timestamptz')),
  field('name', plain('string')),
  field('key', plain('uuid')),
  field('raw', plain('binary')),
  field('tags', { kind: 'list', element: plain('string') }),
  field('scores', { kind: 'map', key: plain('string'), value: plain('int') }),
  field('place', { kind: 'struct', fields: [field('city', plain('string')), field('zip', plain('int')), field('gone', plain('int'))] }),
  field('gone', plain('string')),
];

export const secondSchema: readonly WantedField[] = [
  { ...field('id', plain('long')), required: true },
  field('name', plain('string'), 'full name'),
  field('small', plain('double')),
  field('amount', { kind: 'decimal', precision: 18, scale: 2 }),
  field('place', { kind: 'struct', fields: [field('zip', plain('long'), 'code'), field('city', plain('string')), field('land', plain('string'))] }),
  field('scores', { kind: 'map', key: plain('string'), value: plain('long') }),
  field('extra', plain('int'), 'gone'),
  field('real', plain('double')),
  field('flag', plain('boolean')),
  field('day', plain('date')),
  field('sent', plain('timestamptz')),
  field('seen', plain('timestamp')),
  field('key', plain('uuid')),
  field('tags', { kind: 'list', element: plain('string') }),
];

const word = `(['', 'a', 'Zoë', 'ünï ☃ cöde beyond sixteen', '🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆', repeat('x', 300), 'same sixteen at start A', 'same sixteen at start B'])`;
export const source = (from: number, to: number) => `
  SELECT i AS id, i % 3 = 0 AS flag, (i * 0.37 - 5)::FLOAT AS small,
    CASE WHEN i = 13 THEN 'nan'::DOUBLE WHEN i = 2 THEN '-inf'::DOUBLE ELSE (i - 20) * 1e10 / 7 END AS real,
    ((i - 7) * 12.34)::DECIMAL(9, 2) AS amount, ((i - 7) * 10000000000000000000.000001)::DECIMAL(38, 6) AS huge,
    DATE '1969-12-20' + i::INTEGER AS day, TIME '00:00:00' + to_microseconds(i * 86399999::BIGINT * 30) AS clock,
    TIMESTAMP '1969-12-31 23:59:50.5' + to_seconds(i) AS seen, TIMESTAMPTZ '2024-03-31 00:00:00+01' + to_hours(i) AS sent,
    CASE WHEN i % 11 = 5 THEN NULL ELSE ${word}[1 + i % 8] END AS name, md5(i::VARCHAR)::UUID AS key, from_hex(left(md5(i::VARCHAR), 2 * (i % 17)::INTEGER)) AS raw,
    [${word}[1 + i % 8], NULL] AS tags, MAP {${word}[1 + i % 8]: i} AS scores,
    CASE WHEN i % 7 = 6 THEN NULL ELSE {city: ${word}[1 + i % 5], zip: i * 100, gone: i} END AS place, 'old' || i AS gone,
    i * 2 AS extra, 'full' AS "full name"
  FROM range(${from}, ${to}) AS r(i)`;

/** What a row of the first schema looks like under the second. */
export const later = `id::BIGINT AS id, name AS "full name", small::DOUBLE AS small, amount::DECIMAL(18, 2) AS amount,
  CASE WHEN place IS NULL THEN NULL ELSE {code: place.zip::BIGINT, city: place.city, land: NULL::VARCHAR} END AS place,
  scores::MAP(VARCHAR, BIGINT) AS scores, NULL::INTEGER AS gone, real, flag, day, sent, seen, key, tags`;
export const fresh = later.replace('NULL::VARCHAR', "'DE'").replace('NULL::INTEGER AS gone', 'extra::INTEGER AS gone');
export const first = (
  from: number,
  to: number,
) => `SELECT * EXCLUDE (extra, "full name") REPLACE (id::INTEGER AS id, map_from_entries(list_transform(map_entries(scores), lambda e: {k: e.key, v: e.value::INTEGER})) AS scores,
  CASE WHEN place IS NULL THEN NULL ELSE {city: place.city, zip: place.zip::INTEGER, gone: place.gone::INTEGER} END AS place) FROM (${source(from, to)})`;

export const expected: Readonly<Record<string, string>> = {
  '1001': first(0, 20),
  '1002': `SELECT ${later} FROM (${source(0, 20)}) UNION ALL SELECT ${fresh} FROM (${source(20, 40)})`,
  '9007199254740881': `SELECT ${fresh} FROM (${source(20, 40)}) UNION ALL SELECT ${later} FROM (${source(10, 20)})`,
};

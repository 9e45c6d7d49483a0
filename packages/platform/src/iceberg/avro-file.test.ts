import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { avroWriter, readAvroFile, type RecordSchema } from './avro-file.ts';
import { manifestEntrySchema } from './avro-schema.ts';
import { formatManifest, parseManifest, type FileEntry, type ManifestEntry } from './manifest.ts';
import { formatManifestList, parseManifestList, type ManifestFile } from './manifest-list.ts';

const scale = Number(process.env['HANSE_TEST_SCALE'] ?? 1);
const count = fc.nat(2 ** 52);
const id = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const counts = fc.option(
  fc.array(fc.tuple(fc.nat(1000), count)).map((pairs) => new Map(pairs)),
  { nil: undefined },
);
const bounds = fc.option(
  fc.array(fc.tuple(fc.nat(1000), fc.uint8Array({ maxLength: 20 }))).map((pairs) => new Map(pairs.map(([key, value]) => [key, Buffer.from(value)]))),
  { nil: undefined },
);
const file: fc.Arbitrary<FileEntry> = fc.record({
  uri: fc.string(),
  format: fc.constant('PARQUET'),
  rows: count,
  bytes: count,
  columnBytes: counts,
  values: counts,
  nulls: counts,
  nans: counts,
  lower: bounds,
  upper: bounds,
});
const entry: fc.Arbitrary<ManifestEntry> = fc.record({
  status: fc.constantFrom('existing', 'deleted'),
  snapshotId: id,
  sequence: count,
  fileSequence: count,
  file,
});
const counted = fc.record({ files: fc.nat(1_000_000), rows: count });
const manifest: fc.Arbitrary<ManifestFile> = fc.record({
  uri: fc.string(),
  bytes: count,
  specId: fc.nat(9),
  content: fc.constantFrom('data', 'deletes'),
  sequence: count,
  minSequence: count,
  snapshotId: id,
  added: counted,
  existing: counted,
  deleted: counted,
});
const schema = { type: 'struct', 'schema-id': 0, fields: [] } as const;
const numRuns = Math.ceil(100 * scale);

test('manifests and manifest lists read back as written, and equal ones are equal bytes', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(manifest), (entries, manifests) => {
      const bytes = formatManifest(entries, schema, 0);
      expect(parseManifest(bytes, { snapshotId: '1', sequence: 1 })).toEqual(entries);
      expect(formatManifest(entries, schema, 0)).toEqual(bytes);
      const snapshot = { id: '5', parentId: undefined, sequence: 1 };
      expect(parseManifestList(formatManifestList(manifests, snapshot))).toEqual(manifests);
    }),
    { numRuns },
  );
});

test('an added entry inherits its numbers from the manifest list', () => {
  const [added] = fc.sample(entry, 1).map((one): ManifestEntry => ({ ...one, status: 'added', snapshotId: '7' }));
  const [read] = parseManifest(formatManifest(added === undefined ? [] : [added], schema, 0), { snapshotId: '9', sequence: 42 });
  expect(read).toMatchObject({ status: 'added', snapshotId: '7', sequence: 42, fileSequence: 42 });
});

test('the header keeps what Iceberg adds to an Avro schema', () => {
  const written = readAvroFile(formatManifest([], schema, 0)).header;
  const text = written.get('avro.schema') ?? '';
  expect(JSON.parse(text)).toEqual(manifestEntrySchema);
  for (const part of ['"field-id":134', '"element-id":133', '"logicalType":"map"']) expect(text).toContain(part);
  expect(written.get('format-version')).toBe('2');
});

test('damaged bytes are an error that says so, never a hang or a wrong row', () => {
  const whole = Buffer.from(formatManifest(fc.sample(entry, { seed: 1, numRuns: 5 }), schema, 0));
  const records = readAvroFile(whole).records;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
      const broken = Buffer.from(cut ? whole.subarray(0, at) : whole);
      if (!cut) broken[at] = (broken[at] ?? 0) ^ flip;
      try {
        // Text in the header may change unseen: everything below metadata files is found by hash.
        expect(readAvroFile(broken).records.length).toBeLessThanOrEqual(records.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: numRuns * 3 },
  );
  expect(() => readAvroFile(Buffer.from('PAR1'))).toThrow('it is no Avro file');
  expect(() => readAvroFile(whole.subarray(0, -1))).toThrow('it ends too early');
});

test('a block that claims endless empty records, and a codec nobody reads, are refused', () => {
  const empty: RecordSchema = { type: 'record', name: 'none', fields: [] };
  const one = Buffer.from(avroWriter(empty)([{}], {}));
  const body = deflateRawSync(Buffer.alloc(0));
  const at = one.lastIndexOf(Buffer.concat([Buffer.of(2, body.length * 2), body]));
  expect(at).toBeGreaterThan(0);
  const endless = Buffer.concat([one.subarray(0, at), Buffer.from('feffffffffffff0f', 'hex'), one.subarray(at + 1)]);
  expect(() => readAvroFile(endless)).toThrow('a block of it is damaged');
  const odd = Buffer.from(one.toString('latin1').replace('deflate', 'snappyx'), 'latin1');
  expect(() => readAvroFile(odd)).toThrow('its codec snappyx is not read');
});

test("PyIceberg's own manifest is read", () => {
  const folder = new URL('../../../../test/fixtures/iceberg/column-mapping/warehouse/default.db/my_table/metadata/', import.meta.url);
  const [listed] = parseManifestList(readFileSync(new URL('snap-6154553663017965981-0-104fb5ef-95f5-4b94-88c9-b546cb3d9493.avro', folder)));
  expect(listed).toMatchObject({ content: 'data', sequence: 1, snapshotId: '6154553663017965981', added: { files: 1, rows: 3 } });
});

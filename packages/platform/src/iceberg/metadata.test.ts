import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findSnapshot, formatMetadata, parseMetadata } from './metadata.ts';
import { parseFields } from './schema.ts';

const folder = new URL('../../../../test/fixtures/iceberg/metadata-json/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

test('of the examples of Apache Iceberg, those of a valid version 2 are read and the others refused by name', () => {
  const said = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => {
      try {
        return `${name}: read, ${parseMetadata(read(name), name).schemas.length} schemas`;
      } catch (error) {
        return String(error);
      }
    });
  expect(said).toMatchInlineSnapshot(`
    [
      "TableMetadataStatisticsFiles.json: read, 1 schemas",
      "UserError: TableMetadataV1Valid.json is no readable Iceberg table: its format version is 1, and only 2 is read.",
      "UserError: TableMetadataV2CurrentSchemaNotFound.json is no readable Iceberg table: last-partition-id is missing or no number.",
      "UserError: TableMetadataV2MissingLastPartitionId.json is no readable Iceberg table: last-partition-id is missing or no number.",
      "UserError: TableMetadataV2MissingPartitionSpecs.json is no readable Iceberg table: partition-specs is missing or no array.",
      "UserError: TableMetadataV2MissingSchemas.json is no readable Iceberg table: schemas is missing or no array.",
      "UserError: TableMetadataV2MissingSortOrder.json is no readable Iceberg table: sort-orders is missing or no array.",
      "TableMetadataV2Valid.json: read, 2 schemas",
      "TableMetadataV2ValidMinimal.json: read, 1 schemas",
      "UserError: TableMetadataV3ValidMinimal.json is no readable Iceberg table: its format version is 3, and only 2 is read.",
      "UserError: ValidViewMetadata.json is no readable Iceberg table: its format version is 1, and only 2 is read.",
    ]
  `);
});

test('a 64-bit snapshot id is neither rounded in reading nor in writing, and what we do not know is kept', () => {
  const text = read('TableMetadataV2Valid.json');
  const metadata = parseMetadata(text, 'x');
  expect(metadata['current-snapshot-id']).toBe('3055729675574597004');
  expect(findSnapshot(metadata)?.['parent-snapshot-id']).toBe('3051729675574597004');
  expect(formatMetadata(metadata)).toBe(
    JSON.stringify(JSON.parse(text)).replaceAll(/30(5[15])729675574\d{6}/g, (id) => text.match(new RegExp(id.slice(0, 12) + '\\d{7}'))?.[0] ?? ''),
  );
  expect(parseMetadata(formatMetadata(metadata), 'x')).toEqual(metadata);
});

test('what is no JSON, no object or holds a later type is refused', () => {
  expect(() => parseMetadata('{', 'a.json')).toThrow(/a\.json is no readable Iceberg table/);
  expect(() => parseMetadata('[]', 'a.json')).toThrow('its format version is undefined');
  expect(() => parseFields([{ id: 1, name: 'v', required: false, type: 'variant' }])).toThrow('Column v has the Iceberg type variant');
});

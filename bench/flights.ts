import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WrittenColumn, WrittenTable } from './mesh-documents.ts';
import { openRawDuckDb } from './raw-duckdb.ts';

/** 3,000,000 real flights. */
export const allFlights = fileURLToPath(new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));

/** One flight in fifty, made once: for a run that only shows that the benchmarks work. */
export async function fewFlights(cache: string): Promise<string> {
  const path = join(cache, 'flights-60k.parquet');
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  using duckdb = await openRawDuckDb(1_024, 1);
  await duckdb.run(`COPY (SELECT * FROM '${allFlights}' WHERE hash(date, origin, delay) % 50 = 0) TO '${path}.new' (FORMAT parquet)`);
  await rename(`${path}.new`, path);
  return path;
}

export const flightColumns: readonly WrittenColumn[] = [
  { name: 'departed_at', logicalType: 'timestamp', physicalType: 'TIMESTAMP', required: true },
  { name: 'delay_minutes', logicalType: 'integer', physicalType: 'INTEGER', required: true },
  { name: 'distance_miles', logicalType: 'integer', physicalType: 'INTEGER', required: true },
  { name: 'origin', logicalType: 'string', physicalType: 'VARCHAR', required: true },
  { name: 'destination', logicalType: 'string', physicalType: 'VARCHAR', required: true },
];

const select = `SELECT date AS departed_at, delay::INTEGER AS delay_minutes, distance::INTEGER AS distance_miles, origin, destination
FROM source.flights`;

/** The flights as a table of a mesh, from files that match a pattern. */
export function flightsTable(pattern: string, roles: WrittenTable['roles'], mode: 'full' | 'append' = 'full'): WrittenTable {
  return {
    name: 'flights',
    columns: flightColumns,
    roles,
    sql: select,
    build: { sources: { flights: { file: pattern } }, objects: { flights: mode === 'append' ? { mode, cursor: 'departed_at' } : { mode } } },
  };
}

export const rowsOfWest = "origin IN ('BUR', 'LAX', 'OAK', 'ONT', 'PDX', 'SAN', 'SEA', 'SFO', 'SJC', 'SMF', 'SNA')";

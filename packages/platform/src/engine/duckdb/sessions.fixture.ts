import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { afterAll } from 'vitest';
import type { Limits, ResultFormat, ResultStream, Session } from '../engine.ts';
import { type DuckdbSessions, type DuckdbSessionsOptions, openDuckdbSessions } from './duckdb-sessions.ts';

export const limits: Limits = { memoryBytes: 400 * 2 ** 20, deadlineMs: 30_000, tempBytes: 2 ** 30 };

/** A folder that ends with the test file. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hanse-duckdb-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Sessions that end with the test file. */
export function testSessions(folder: string, options: Partial<DuckdbSessionsOptions> = {}): DuckdbSessions {
  const sessions = openDuckdbSessions({ tempFolder: join(folder, 'temp'), threads: 2, ...options });
  afterAll(() => sessions.close());
  return sessions;
}

/** Runs a statement on a DuckDB without limits, in this process: makes fixtures and reads results back. */
export async function plain(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.disconnectSync();
  }
}

export async function bytesOf({ body }: ResultStream): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

export async function textOf(session: Session, sql: string, format: ResultFormat): Promise<string> {
  return (await bytesOf(await session.stream({ sql }, format))).toString();
}

export function column(id: number, name: string, type: ColumnType | Exclude<ColumnType['kind'], 'decimal' | 'list' | 'map' | 'struct'>): Column {
  return { id, name, type: typeof type === 'string' ? { kind: type } : type, required: false };
}

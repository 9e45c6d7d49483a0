import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

/** A store in a folder of its own, which goes with it; for tests. */
export async function openTemporaryStore(clock: Clock): Promise<SqliteStore> {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-store-'));
  const store = await openSqliteStore({ folder, clock });
  return { ...store, close: () => store.close().finally(() => rmSync(folder, { recursive: true, force: true })) };
}

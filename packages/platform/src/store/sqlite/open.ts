import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../error.ts';
import { genesis } from '../sql/chain.ts';
import { fillUses } from '../sql/reads.ts';
import { sqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { sqliteFailure } from './failure.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { finish, sqliteRunner, statementCache } from './runner.ts';
import { applicationId, schema, schemaVersion, uses } from './schema.ts';

export interface SqliteStore extends Store {
  readonly lock: FolderLock;
}

/**
 * Opens, or makes, the store in a folder and becomes its only process; `close` lets it go.
 * Throws `UserError` busy where another process holds the folder, `ExternalError` where the disk or its content does not serve.
 */
export async function openSqliteStore({ folder, clock }: { readonly folder: string; readonly clock: Clock }): Promise<SqliteStore> {
  const file = join(folder, 'store.sqlite');
  let lock: FolderLock | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = lockFolder(folder, clock);
    const db = openFile(file);
    const runner = sqliteRunner(db, file);
    const store = sqlStore({ runner: { ...runner, close: () => runner.close().finally(() => lock?.release()) }, clock });
    return { ...store, lock };
  } catch (error) {
    lock?.release();
    throw sqliteFailure(error, file);
  }
}

function openFile(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { defensive: true, timeout: 0 });
  try {
    migrate(db, file);
    chmodSync(file, 0o600);
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma cell_size_check = on');
    // The lock says that no other process lives here, so whoever held a lease is gone.
    db.exec("update leases set until = ''");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare('pragma user_version').get()?.['user_version']);
  const application = Number(db.prepare('pragma application_id').get()?.['application_id']);
  if (version === schemaVersion && application === applicationId) return;
  if (application === applicationId && version === 1) {
    db.exec(`begin immediate; ${uses}`);
    finish(fillUses(), statementCache(db));
    db.exec(`pragma user_version = ${schemaVersion}; commit`);
    return;
  }
  if (application === applicationId && version > schemaVersion) {
    throw new UserError('invalid', `${file} was written by a newer Hanse (store version ${version}, this one reads ${schemaVersion}).`, 'Update Hanse.');
  }
  if (db.prepare('select count(*) as n from sqlite_schema').get()?.['n'] !== 0) {
    throw new UserError('invalid', `${file} is not a store of Hanse.`, 'Name another folder, or move the file away.');
  }
  db.exec(`begin immediate; ${schema}
    insert into heads values ('log', 0, '${genesis.hash}'), ('reads', 0, '${genesis.hash}');
    pragma application_id = ${applicationId}; pragma user_version = ${schemaVersion}; commit`);
}

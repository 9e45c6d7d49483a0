import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import type { Relation, Session } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { Staged } from '../../files/files.ts';
import type { DataFile, NewDataFile } from '../../iceberg/data-file.ts';
import { openSealed } from '../../files/open-sealed.ts';
import type { Platform } from '../platform.ts';
import { type Candidate, sealData, type VersionNeeds, type VersionRequest } from './version.ts';

const DELTA = 'merge.delta';

/** Replaces rows by primary key, copy-on-write: only data files that hold a changed key are written again. */
export async function mergeVersion(platform: VersionNeeds, request: VersionRequest, delta: Candidate): Promise<Candidate> {
  const files = request.previous?.files ?? [];
  const on = keyOf(request).map(quoteName).join(', ');
  const staged = await Promise.all(files.map(() => platform.files.stage('data', 'parquet')));
  try {
    await using session = await platform.engine.session({
      relations: [
        await relationOf(platform, 'delta', delta, delta.added),
        ...(await Promise.all(files.map((file, index) => relationOf(platform, `old${index}`, delta, [file])))),
      ],
      limits: platform.limits.build,
      writable: staged.map(({ path }) => path),
      ...(request.signal !== undefined && { signal: request.signal }),
    });
    const outcomes = await Array.fromAsync(files.entries(), ([index, file]) =>
      rewrite(platform, { session, delta, on }, { name: `merge.old${index}`, file, staged: staged[index] }),
    );
    return {
      ...delta,
      added: [...delta.added, ...outcomes.flatMap(({ added }) => added ?? [])],
      kept: outcomes.flatMap(({ kept }) => kept ?? []),
    };
  } finally {
    for (const one of staged) await platform.files.discard(one);
  }
}

interface Merge {
  readonly session: Session;
  readonly delta: Candidate;
  readonly on: string;
}

interface OldFile {
  readonly name: string;
  readonly file: DataFile;
  readonly staged: Staged | undefined;
}

async function rewrite(
  platform: VersionNeeds,
  { session, delta, on }: Merge,
  old: OldFile,
): Promise<{ readonly kept?: DataFile; readonly added?: NewDataFile }> {
  const [count] = await session.rows({ sql: `SELECT count(*) AS touched FROM ${old.name} SEMI JOIN ${DELTA} USING (${on})` });
  if (Number(count?.touched) === 0) return { kept: old.file };
  if (Number(count?.touched) === old.file.rows || old.staged === undefined) return {};
  const written = await session.write({ sql: `SELECT * FROM ${old.name} ANTI JOIN ${DELTA} USING (${on})` }, { path: old.staged.path, columns: delta.columns });
  return { added: await sealData(platform, old.staged, written) };
}

async function relationOf(
  platform: Pick<Platform, 'files'>,
  name: string,
  { columns }: Candidate,
  files: readonly { readonly name: string }[],
): Promise<Relation> {
  const paths = await Promise.all(files.map((file) => openSealed(platform.files, file.name)));
  return { schema: 'merge', name, format: 'parquet', files: paths, columns };
}

function keyOf({ table }: VersionRequest): readonly string[] {
  const keys = table.object.properties.filter(({ primaryKeyPosition }) => primaryKeyPosition !== undefined);
  if (keys.length > 0) return keys.toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0)).map(({ name }) => name);
  throw new UserError(
    'invalid',
    `${tableRef(table)}: mode merge needs a primary key, and the contract has none`,
    'Mark the key columns with primaryKey: true, or build in another mode.',
  );
}

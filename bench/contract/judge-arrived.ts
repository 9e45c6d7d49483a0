import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { columnsInForce } from '@hanse/core/contract/columns-in-force.ts';
import type { Column } from '@hanse/core/table/column.ts';
import type { Platform } from 'hanse/services/platform.ts';
import { judgeVersion } from 'hanse/services/product/judge-version.ts';
import { readChecks, readHead } from 'hanse/services/table/table-head.ts';
import type { Verdicts } from './orders.ts';
import { verdictsOfRules } from './rule-verdicts.ts';

/** A data file that was sealed for a table and is no part of it yet. */
export interface Arrived {
  readonly name: string;
  readonly bytes: number;
}

/** Judges the published table with one more data file, as a build does between sealing and publishing it; publishes nothing. */
export async function judgeArrived(platform: Platform, arrived: Arrived): Promise<{ readonly verdicts: Verdicts; readonly filesScanned: number }> {
  const { table, columns, files } = await publishedTable(platform);
  const known = await readChecks(platform, table.id);
  const { checks, filesScanned } = await judgeVersion(platform, {
    id: 'append',
    table,
    columns,
    files: [...files, arrived],
    ...(known !== undefined && { previous: known.measures, past: known }),
  });
  return { verdicts: verdictsOfRules(checks), filesScanned };
}

/** Seals what a Parquet file holds, in the columns of the table. */
export async function arriveFrom(platform: Platform, file: string): Promise<Arrived> {
  const { columns } = await publishedTable(platform);
  const staged = await platform.files.stage('data', 'parquet');
  {
    const relations = [{ schema: 'main', name: 'arrived', format: 'parquet', files: [file] } as const];
    await using session = await platform.engine.session({ relations, limits: platform.limits.build, writable: [staged.path] });
    await session.write({ sql: 'SELECT * FROM arrived' }, { path: staged.path, columns });
  }
  return platform.files.seal(staged);
}

export async function publishedTable(
  platform: Platform,
): Promise<{ readonly table: ServedTable; readonly columns: readonly Column[]; readonly files: readonly Arrived[] }> {
  const [table] = (await platform.meshes.current()).tables;
  const head = table && (await readHead(platform, table.id));
  if (table === undefined || head === undefined) throw new Error(`${table === undefined ? 'no table' : tableRef(table)} is published`);
  const published = await platform.tables.read(head.metadata);
  return { table, columns: columnsInForce(published.columns, head.keys, table.object), files: await published.dataFiles(head.snapshot) };
}

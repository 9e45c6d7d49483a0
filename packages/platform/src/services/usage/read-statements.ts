import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { Platform } from '../platform.ts';
import { askedTables, columnsCalled } from './asked-tables.ts';

/** What statements of another database use of the mesh's tables; nothing is run and nothing is kept. */
export async function readStatements(
  platform: Pick<Platform, 'meshes' | 'dialects'>,
  { dialect, statements }: OperationInput<'readStatements'>,
  signal?: AbortSignal,
): Promise<OperationOutput<'readStatements'>> {
  const { tables } = await platform.meshes.current();
  const asked = askedTables(tables);
  const byId = new Map(tables.map((table) => [table.id, table]));
  const readings = [];
  for (const sql of statements) {
    signal?.throwIfAborted();
    const uses = await platform.dialects.columnsRead(sql, { dialect, tables: asked });
    readings.push(
      uses.map(({ table, columns, why }) => {
        const served = byId.get(table);
        const used = columns === undefined || served === undefined ? null : [...columnsCalled(served, columns)];
        return { table, columns: used, ...(why !== undefined && { why }) };
      }),
    );
  }
  return { readings };
}

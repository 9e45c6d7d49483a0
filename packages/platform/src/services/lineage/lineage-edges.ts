import type { LineageEdge } from '@hanse/core/lineage/lineage-graph.ts';
import type { SourceColumn } from '@hanse/core/lineage/source-column.ts';
import { pinnedName, type ServedTable, sourceName, tableFinder } from '@hanse/core/mesh/served-table.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { MeshNow, Platform } from '../platform.ts';
import type { TableHead } from '../table/table-head.ts';

/** What is computed from what in all that is published, column by column; tables by their pinned names, a build's own sources as `<domain>/<product>/source.<name>`. */
export async function lineageEdges({ store }: Pick<Platform, 'store'>, { tables }: MeshNow): Promise<readonly LineageEdge[]> {
  const find = tableFinder(tables);
  const byId = new Map(tables.map((table) => [table.id, table]));
  const heads = await store.list('table');
  return heads.flatMap((document) => {
    const table = byId.get(document.id);
    const { lineage } = storedValue<TableHead>(document);
    if (table === undefined || lineage.kind === 'unknown') return [];
    const from = (source: SourceColumn) => ({ table: nameOf(find, table, source), column: source.column });
    const to = (column: string | null) => ({ table: pinnedName(table), column });
    return [
      ...lineage.outputs.flatMap(({ name, sources }) => sources.map((source) => ({ from: from(source), to: to(name) }))),
      ...lineage.uses.map((source) => ({ from: from(source), to: to(null) })),
    ];
  });
}

function nameOf(find: ReturnType<typeof tableFinder>, by: ServedTable, { schema, table: name }: SourceColumn): string {
  if (schema === 'source') return sourceName(by, name);
  const [served] = find({ schema, name });
  return served === undefined ? `${schema}.${name}` : pinnedName(served);
}

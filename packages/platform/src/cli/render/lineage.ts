import type { OperationOutput } from '@hanse/core/api/operations.ts';

type Lineage = OperationOutput<'lineage'>;
type Edges = Lineage['upstream'];

/** The nearest tables first, each with what its columns come from. */
export function renderLineage(answer: Lineage): string {
  const readers = answer.readers.map(
    ({ ref, columns, evidence }) => `  ${ref}: ${columns === null ? 'unknown columns' : columns.join(', ') || 'no column'} (${evidence})`,
  );
  return [
    `${answer.ref} (${answer.table})`,
    'computed from',
    ...byTable(answer.upstream),
    'goes into',
    ...byTable(answer.downstream),
    'read by',
    ...(readers.length === 0 ? ['  nobody'] : readers),
  ].join('\n');
}

function byTable(edges: Edges): readonly string[] {
  if (edges.length === 0) return ['  nothing that is published'];
  return [...Map.groupBy(edges, ({ to }) => to.table)].flatMap(([table, into]) => [
    `  ${table}`,
    ...[...Map.groupBy(into, ({ to }) => to.column ?? '(its rows)')].map(
      ([column, sources]) => `    ${column} <- ${sources.map(({ from }) => `${from.table}${from.column === null ? '' : `.${from.column}`}`).join(', ')}`,
    ),
  ]);
}

import type { OperationOutput } from '@hanse/core/api/operations.ts';

/** A flowchart from left to right: a box for each table, in it the columns that the lineage is about. */
export function mermaidOf({ table, upstream, downstream }: Pick<OperationOutput<'lineage'>, 'table' | 'upstream' | 'downstream'>): string {
  const edges = [...new Map([...upstream, ...downstream].map((edge) => [JSON.stringify(edge), edge])).values()];
  const nodes = new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [keyOf(node), node]));
  const ids = new Map([...nodes.keys()].map((key, index) => [key, `c${index}`]));
  const boxes = [...Map.groupBy(nodes.values(), (node) => node.table)].flatMap(([name, columns], index) => [
    `  subgraph t${index}["${escape(name)}"]`,
    ...columns.map((node) => `    ${ids.get(keyOf(node))}["${escape(node.column ?? 'its rows')}"]`),
    '  end',
  ]);
  const arrows = edges.map(({ from, to }) => `  ${ids.get(keyOf(from))} ${to.column === null ? '-.->' : '-->'} ${ids.get(keyOf(to))}`);
  return ['flowchart LR', ...(nodes.size === 0 ? [`  t0["${escape(table)}"]`] : boxes), ...arrows].join('\n');
}

function keyOf({ table, column }: { readonly table: string; readonly column: string | null }): string {
  return JSON.stringify([table, column]);
}

/** Mermaid's own entities: a name from a document is never markup. */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} _./$()-]/gu, (character) => `#${character.codePointAt(0)};`);
}

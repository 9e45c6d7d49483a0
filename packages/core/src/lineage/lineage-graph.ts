/** A column of a table, or the table as a whole, by the names that people know. */
export interface LineageNode {
  readonly table: string;
  /** Null for what touches the table as a whole: the rows there are, their groups and order. */
  readonly column: string | null;
}

/** One step of data: `to` is computed from `from`, or its rows are decided by it. */
export interface LineageEdge {
  readonly from: LineageNode;
  readonly to: LineageNode;
}

export interface LineageReach {
  /** What the start comes from, the nearest first. */
  readonly up: readonly LineageEdge[];
  /** What comes from the start, the nearest first. */
  readonly down: readonly LineageEdge[];
}

/** All that a table, or one of its columns, comes from and all that comes from it, over any number of tables. */
export function reachOf(edges: readonly LineageEdge[], start: { readonly table: string; readonly column?: string | undefined }): LineageReach {
  const isStart = (node: LineageNode) => node.table === start.table && (start.column === undefined || node.column === start.column);
  return {
    up: walk({ edges, isStart, near: ({ to }) => to, far: ({ from }) => from }),
    down: walk({ edges, isStart, near: ({ from }) => from, far: ({ to }) => to }),
  };
}

interface Walk {
  readonly edges: readonly LineageEdge[];
  readonly isStart: (node: LineageNode) => boolean;
  readonly near: (edge: LineageEdge) => LineageNode;
  readonly far: (edge: LineageEdge) => LineageNode;
}

function walk({ edges, isStart, near, far }: Walk): readonly LineageEdge[] {
  const byNear = Map.groupBy(edges, (edge) => keyOf(near(edge)));
  const byTable = Map.groupBy(edges, (edge) => near(edge).table);
  const found = new Set(edges.filter((edge) => isStart(near(edge))));
  // A set goes on over what is added while it is walked.
  for (const edge of found) {
    const node = far(edge);
    // A table whose rows are decided by something passes that on by each of its columns.
    const next = node.column === null ? byTable.get(node.table) : byNear.get(keyOf(node));
    for (const one of next ?? []) found.add(one);
  }
  return [...found];
}

function keyOf({ table, column }: LineageNode): string {
  return JSON.stringify([table, column]);
}

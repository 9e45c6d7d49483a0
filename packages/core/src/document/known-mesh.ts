import type { Agreement } from '../agreement/agreement.ts';
import { contractKey, type Mesh } from '../mesh/mesh.ts';
import { type ServedTable, servedTables } from '../mesh/served-table.ts';

/** A mesh with what its checks look up. */
export interface KnownMesh {
  readonly mesh: Mesh;
  readonly tables: readonly ServedTable[];
  readonly byContract: ReadonlyMap<string, readonly ServedTable[]>;
  readonly byProduct: ReadonlyMap<string, readonly ServedTable[]>;
  /** Active agreements by `portKey`. */
  readonly grants: ReadonlyMap<string, readonly Agreement[]>;
}

export function knownMesh(mesh: Mesh): KnownMesh {
  const tables = servedTables(mesh);
  const active = [...mesh.agreements.values()].filter(({ status }) => status === 'active');
  return {
    mesh,
    tables,
    byContract: Map.groupBy(tables, ({ contract }) => contractKey(contract)),
    byProduct: Map.groupBy(tables, ({ product }) => product.id),
    grants: Map.groupBy(active, ({ provider }) => portKey(provider.productId, provider.port, provider.major)),
  };
}

export function portKey(productId: string, port: string, major: number): string {
  return `${productId}:${port}@${major}`;
}

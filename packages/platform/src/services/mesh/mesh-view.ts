import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Contract } from '@hanse/core/contract/contract.ts';
import type { DocumentKind } from '@hanse/core/document/document.ts';
import type { Mesh } from '@hanse/core/mesh/mesh.ts';
import { meshKinds } from '@hanse/core/mesh/mesh-value.ts';
import { servedTables } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import type { Domain, Product } from '@hanse/core/product/product.ts';
import type { Store } from '../../store/store.ts';
import type { MeshNow, MeshView } from '../platform.ts';
import { storedValue } from './stored-value.ts';

const KINDS: ReadonlySet<DocumentKind> = new Set(meshKinds);
const CATCH_UP = 1_000;

/** Keeps the documents in force, and reads them again only when the log names one that changed. */
export function createMeshView(store: Store): MeshView {
  let known: MeshNow | undefined;
  return {
    current: async () => {
      const head = await store.head();
      if (known?.head === head) return known;
      const unchanged = known !== undefined && !(await hasChanged(store, known.head, head));
      known = known !== undefined && unchanged ? { ...known, head } : { head, ...(await readMesh(store)) };
      return known;
    },
  };
}

/** True where documents of the mesh were written after a log number, up to another. */
export async function hasChanged(store: Pick<Store, 'log'>, after: number, head: number): Promise<boolean> {
  if (head - after > CATCH_UP) return true;
  const entries = await store.log({ after, limit: CATCH_UP });
  return entries.some((entry) => entry.writes.some((write) => KINDS.has(write.kind)));
}

/** The documents in force at a log number, or now. */
export async function readMesh(store: Store, asOf?: number): Promise<Omit<MeshNow, 'head'>> {
  const list = async <Value>(kind: DocumentKind): Promise<ReadonlyMap<string, Value>> =>
    new Map((await store.list(kind, asOf)).map((document) => [document.id, storedValue<Value>(document)]));
  const mesh: Mesh = {
    domains: await list<Domain>('domain'),
    products: await list<Product>('product'),
    contracts: await list<Contract>('contract'),
    builds: await list<Build>('build'),
    agreements: await list<Agreement>('agreement'),
  };
  return { mesh, tables: servedTables(mesh) };
}

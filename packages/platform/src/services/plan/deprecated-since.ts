import type { Contract } from '@hanse/core/contract/contract.ts';
import { contractKey, majorOf } from '@hanse/core/mesh/mesh.ts';
import type { Product } from '@hanse/core/product/product.ts';
import type { Store, StoredDocument } from '../../store/store.ts';
import { storedValue } from '../mesh/stored-value.ts';

/** When each contract that is deprecated, by itself or by a port that serves it, became so: notice runs from there. By `contractKey`. */
export async function deprecatedSince(store: Pick<Store, 'list' | 'read' | 'log'>): Promise<ReadonlyMap<string, string>> {
  const since = new Map<string, string>();
  const note = (key: string, at: string) => {
    const known = since.get(key);
    if (known === undefined || at < known) since.set(key, at);
  };
  for (const document of await store.list('contract')) {
    const contract = storedValue<Contract>(document);
    if (contract.status === 'deprecated')
      note(contractKey(contract), await began(store, document, (each) => storedValue<Contract>(each).status === 'deprecated'));
  }
  for (const document of await store.list('product')) {
    for (const key of deprecatedPorts(document)) note(key, await began(store, document, (each) => deprecatedPorts(each).includes(key)));
  }
  return since;
}

function deprecatedPorts(document: StoredDocument): readonly string[] {
  const ports = storedValue<Product>(document).outputPorts.filter(({ deprecated }) => deprecated);
  return ports.flatMap(({ contractId, version }) => (contractId === undefined ? [] : [`${contractId}@${majorOf(version)}`]));
}

/** The time of the first of the newest versions that are all so. */
async function began(store: Pick<Store, 'read' | 'log'>, document: StoredDocument, isSo: (document: StoredDocument) => boolean): Promise<string> {
  let first = document;
  for (;;) {
    const former = first.version > 1 ? await store.read({ kind: first.kind, id: first.id }, first.version - 1) : undefined;
    if (former === undefined || !isSo(former)) break;
    first = former;
  }
  const [entry] = await store.log({ after: first.version - 1, limit: 1 });
  return entry?.at ?? '';
}

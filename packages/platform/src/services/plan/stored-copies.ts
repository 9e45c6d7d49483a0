import type { Copy } from '@hanse/core/plan/mesh-errors.ts';
import type { StoredCopy } from '@hanse/core/plan/removable.ts';
import { isKind, meshKinds, meshValue } from '@hanse/core/mesh/mesh-value.ts';
import type { Store } from '../../store/store.ts';

/** The documents in force, or those at a log number. */
export async function storedCopies(store: Pick<Store, 'list'>, asOf?: number): Promise<readonly StoredCopy[]> {
  const lists = await Promise.all(meshKinds.map(async (kind) => (await store.list(kind, asOf)).map((document) => ({ ...document, kind }))));
  return lists.flat().map((document) => ({ ...document, ref: refOf(document) }));
}

function refOf(copy: Copy): string {
  if (isKind<'product', Copy>('product')(copy)) {
    const { domain, name } = meshValue(copy);
    return `${domain}/${name}`;
  }
  if (!isKind<'contract', Copy>('contract')(copy)) return copy.id;
  const { name, version } = meshValue(copy);
  return `${typeof copy.body.domain === 'string' && copy.body.domain !== '' ? `${copy.body.domain}/` : ''}${name} ${version}`;
}

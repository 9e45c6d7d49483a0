import { join, relative } from 'node:path';
import { formatKey } from '@hanse/core/document/document.ts';
import { listOf, objectOf } from '@hanse/core/document/json.ts';
import { majorOf } from '@hanse/core/mesh/mesh.ts';
import { parseRef } from '@hanse/core/ref/ref.ts';
import { UserError } from '../../error.ts';
import type { Ground } from '../adopt/adopt.ts';

/** The files of a product's contracts, or of all contracts of a folder; a `UserError` for a ref that names none. */
export function contractFiles({ folder, tree }: Ground, ref: string | undefined): readonly string[] {
  const contracts = tree.documents.filter((document) => document.kind === 'contract');
  const at = (paths: readonly string[]) => paths.map((path) => relative('', join(folder, path)));
  if (ref === undefined) return at(contracts.map(({ path }) => path));
  const parsed = parseRef(ref);
  const wanted = new Set(
    tree.documents
      .filter(
        ({ kind, ref: named }) =>
          kind === 'product' && (named === `${parsed?.domain}/${parsed?.product}` || (parsed?.product === undefined && named.startsWith(`${parsed?.domain}/`))),
      )
      .flatMap((product) => listOf(objectOf(tree.sources.get(formatKey(product))?.value)['outputPorts']).map(objectOf))
      .filter(({ name }) => parsed?.port === undefined || name === parsed.port)
      .map(({ contractId, version }) => `${String(contractId)}@${majorOf(String(version))}`),
  );
  const found = contracts.filter(({ id }) => wanted.has(id));
  if (found.length > 0) return at(found.map(({ path }) => path));
  throw new UserError('missing', `${ref}: no contract of it is in ${folder}`, 'Name a product as domain/product, or the file of a contract.');
}

import { checkMesh, type MeshDocuments } from '../document/check-mesh.ts';
import { formatKey } from '../document/document.ts';
import type { Placed } from '../document/placed.ts';
import type { SourceDocument } from '../document/source-document.ts';
import { type Finding, isError } from '../finding/finding.ts';
import { isKind, type MeshKind, meshValue, type MeshValues } from '../mesh/mesh-value.ts';
import type { StoredCopy } from './removable.ts';

export type Copy = Pick<StoredCopy, 'kind' | 'id' | 'body'>;

/** What only all documents together show, of those whose file is at hand. */
export function checkCopies(copies: readonly Copy[], sources: ReadonlyMap<string, SourceDocument>): readonly Finding[] {
  return checkMesh(
    placedDocuments(copies, (copy) => {
      const source = sources.get(formatKey(copy));
      return source === undefined ? {} : { source };
    }),
  );
}

/**
 * Errors that all documents together have after a change and had not before, named by the files that brought them. `isOwn`
 * tells the documents of the change; agreements of others are left out, because effects say what a change means to them.
 */
export function addedErrors(before: readonly Copy[], after: readonly Copy[], isOwn: (copy: Copy) => boolean): readonly Finding[] {
  const errorsOf = (copies: readonly Copy[]) =>
    checkMesh(placedDocuments(copies, (copy) => (copy.kind === 'agreement' && !isOwn(copy) ? {} : { path: String(copy.body.path ?? '') }))).filter(isError);
  const nameOf = ({ code, at, message }: Finding) => `${code} ${at?.file} ${message}`;
  const known = new Set(errorsOf(before).map(nameOf));
  return errorsOf(after).filter((finding) => !known.has(nameOf(finding)));
}

function placedDocuments(copies: readonly Copy[], place: (copy: Copy) => Omit<Placed<unknown>, 'item'>): MeshDocuments {
  const placed = <Kind extends MeshKind>(kind: Kind): readonly Placed<MeshValues[Kind]>[] =>
    copies.filter(isKind<Kind, Copy>(kind)).map((copy) => ({ item: meshValue(copy), ...place(copy) }));
  return { domains: placed('domain'), products: placed('product'), contracts: placed('contract'), agreements: placed('agreement'), builds: placed('build') };
}

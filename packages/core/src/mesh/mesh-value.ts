import type { Agreement } from '../agreement/agreement.ts';
import type { Contract } from '../contract/contract.ts';
import type { Build } from '../product/build.ts';
import type { Domain, Product } from '../product/product.ts';
import type { Mesh } from './mesh.ts';

/** What the documents of the mesh hold, by kind. */
export interface MeshValues {
  readonly domain: Domain;
  readonly product: Product;
  readonly contract: Contract;
  readonly build: Build;
  readonly agreement: Agreement;
}

export type MeshKind = keyof MeshValues;

export const meshKinds = ['domain', 'product', 'contract', 'build', 'agreement'] as const satisfies readonly MeshKind[];

/** A document as the store, a plan or a tree has it: its parsed `value` stands in the body, beside its text. */
export interface MeshDocument<Kind extends MeshKind = MeshKind> {
  readonly kind: Kind;
  readonly id: string;
  readonly body: { readonly value?: unknown };
}

/** The parsed value of a document. Only our parsers write it and the mesh seals its plans, so its shape is trusted here and nowhere else. */
export function meshValue<Kind extends MeshKind>({ body }: MeshDocument<Kind>): MeshValues[Kind] {
  return body.value as MeshValues[Kind];
}

/** The mesh that documents make, each once. */
export function meshOf(documents: readonly MeshDocument[]): Mesh {
  return {
    domains: valuesOf(documents, 'domain'),
    products: valuesOf(documents, 'product'),
    contracts: valuesOf(documents, 'contract'),
    builds: valuesOf(documents, 'build'),
    agreements: valuesOf(documents, 'agreement'),
  };
}

export function isKind<Kind extends MeshKind, Document extends { readonly kind: MeshKind }>(
  kind: Kind,
): (document: Document) => document is Document & { readonly kind: Kind } {
  return (document): document is Document & { readonly kind: Kind } => document.kind === kind;
}

function valuesOf<Kind extends MeshKind>(documents: readonly MeshDocument[], kind: Kind): ReadonlyMap<string, MeshValues[Kind]> {
  return new Map(documents.filter(isKind<Kind, MeshDocument>(kind)).map((document) => [document.id, meshValue(document)]));
}

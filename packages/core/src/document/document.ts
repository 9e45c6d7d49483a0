/** What the mesh remembers, by kind. Identity is the standards' `id`; names are labels. */
export type DocumentKind =
  'domain' | 'product' | 'contract' | 'build' | 'agreement' | 'table' | 'run' | 'checks' | 'incident' | 'token' | 'collection' | 'usage' | 'acceptance';

export interface DocumentKey {
  readonly kind: DocumentKind;
  /** domain: name · product: ODPS id · contract: `<ODCS id>@<major>` · build: product id · table: `<contract id>@<major>/<object id>` · collection: `files` · usage: its source and origin · else a new id. */
  readonly id: string;
}

/** Where a document is changed: a repository by its stable id, or the mesh itself. */
export type Home = { readonly kind: 'mesh' } | { readonly kind: 'repository'; readonly id: string };

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function formatKey(key: DocumentKey): string {
  return `${key.kind}/${key.id}`;
}

/** JSON with keys in code-point order and no white space: equal values give equal text (RFC 8785 for what documents hold). */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === undefined) throw new TypeError('undefined is not JSON');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

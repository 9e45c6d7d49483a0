import { nearest } from '../document/did-you-mean.ts';

const DOCUMENT = /(^|\/)(hanse|domain|build)\.yaml$|\.(odps|odcs|oaas)\.(yaml|yml|json)$|\.sql$/;
const STANDARDS = ['odps', 'odcs', 'oaas'];
const KINDS: Readonly<Record<string, string>> = { DataProduct: 'odps', DataContract: 'odcs', AccessAgreement: 'oaas' };
const KEYS = { domain: /^(owner|members):/m, build: /^(sources|objects|schedule|level):/m } as const;

/** True for the names under which documents are read. */
export function isDocumentName(path: string): boolean {
  return DOCUMENT.test(path);
}

/** True for other names that may be meant for documents: then the first lines of the file tell. */
export function mayBeDocument(path: string): boolean {
  return (
    /\.ya?ml$|\.(odps|odcs|oaas|product|contract|agreement)s?(\.json)?$|(^|\/)(product|contract|agreement|domain|build)s?\.json$|\.sql$/i.test(path) &&
    !isDocumentName(path)
  );
}

/** The name under which a file would be read, where it is meant for a document: by what it holds, and by a name that is nearly right. */
export function meantName(path: string, head: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.sql$/i.test(name)) return name.replace(/\.sql$/i, '.sql');
  const json = /\.json$/i.test(name) ? 'json' : 'yaml';
  const stem = name.replace(/(\.(ya?ml|json))+$/i, '');
  const kind = /^[\s{]*["']?kind["']?\s*:\s*["']?(\w+)/m.exec(head)?.[1] ?? '';
  const standard = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (standard !== undefined) return `${withoutStandard(stem)}.${standard}.${json}`;
  const own = nearest(stem.replace(/s$/i, ''), Object.keys(KEYS));
  return (own === 'domain' || own === 'build') && KEYS[own].test(head) ? `${own}.yaml` : undefined;
}

/** `orders` of `orders.odsc`. */
function withoutStandard(stem: string): string {
  const [, rest, last] = /^(.+)\.(\w+)$/.exec(stem) ?? [];
  return rest !== undefined && last !== undefined && nearest(last, STANDARDS) !== undefined ? rest : stem;
}

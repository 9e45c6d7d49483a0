import { didYouMean } from '../document/did-you-mean.ts';
import { formatKey, type Home, type JsonObject } from '../document/document.ts';
import type { Finding } from '../finding/finding.ts';
import { meshValue } from '../mesh/mesh-value.ts';
import type { DesiredDocument, PlannedKind } from './desired-document.ts';

/** A document of the store, as far as a plan needs it. */
export interface StoredCopy {
  readonly kind: PlannedKind;
  readonly id: string;
  readonly ref: string;
  readonly version: number;
  readonly home: Home;
  readonly body: JsonObject;
}

export interface Removals {
  readonly remove: readonly StoredCopy[];
  readonly findings: readonly Finding[];
}

/**
 * What the tree ends: documents of this home whose file is gone while their domain is still in the tree. A folder with
 * fewer domains (a sparse checkout, one team's part) removes nothing of the others; `retire` names a domain to end. A file
 * with errors ends nothing: what it last said stands.
 */
export function removable(question: {
  readonly home: string;
  readonly desired: readonly DesiredDocument[];
  readonly stored: readonly StoredCopy[];
  readonly retire: readonly string[];
  /** Files that are there and cannot be read. */
  readonly unread: ReadonlySet<string>;
}): Removals {
  const wanted = new Set(question.desired.map(formatKey));
  const present = new Set(question.desired.filter(({ kind }) => kind === 'domain').map(({ id }) => id));
  const isGone = (copy: StoredCopy) => !wanted.has(formatKey(copy)) && !question.unread.has(String(copy.body.path));
  const gone = question.stored.filter((copy) => copy.home.kind === 'repository' && copy.home.id === question.home && isGone(copy));
  const isInTree = (domain: string) => present.has(domain) || question.retire.includes(domain);
  const absent = gone.filter(({ kind, id }) => kind === 'domain' && !isInTree(id)).map(({ id }) => id);
  const own = gone.flatMap(({ kind, id }) => (kind === 'domain' ? [id] : []));
  return {
    remove: gone.filter((copy) => domainsOf(copy).every(isInTree)),
    findings: [
      ...question.retire.filter((domain) => present.has(domain) || !own.includes(domain)).map((domain) => notRetired(domain, present.has(domain), own)),
      ...absent.map((domain): Finding => ({
        code: 'plan.domain-absent',
        severity: 'info',
        ref: domain,
        message: `domain ${domain} of this repository is not in this folder; nothing of it is removed`,
        hint: `To end it: hanse apply --retire ${domain}.`,
      })),
    ],
  };
}

function notRetired(domain: string, isHere: boolean, own: readonly string[]): Finding {
  return {
    code: 'plan.domain-absent',
    severity: 'error',
    ref: domain,
    message: `domain ${domain} cannot be retired: ${isHere ? 'its folder is here' : 'this repository is no home of a domain of that name'}`,
    hint: isHere
      ? 'Remove its folder, or leave --retire out.'
      : didYouMean(domain, own, own.length === 0 ? 'Leave --retire out.' : `It could end ${own.join(', ')}.`),
  };
}

function domainsOf(copy: StoredCopy): readonly string[] {
  if (copy.kind === 'domain') return [copy.id];
  const domain = String(copy.body.domain);
  return copy.kind === 'agreement' ? [domain, meshValue({ ...copy, kind: copy.kind }).consumer.domain] : [domain];
}

import { expect, test } from 'vitest';
import type { Home } from '../document/document.ts';
import { agreementText, documentsOf, smallTexts, storedOf, type Texts } from '../../../../test/fixtures/small-mesh.ts';
import { removable } from './removable.ts';

const known = storedOf(documentsOf(smallTexts));
const without = (...starts: readonly string[]): Texts =>
  Object.fromEntries(Object.entries(smallTexts).filter(([path]) => !starts.some((start) => path.startsWith(start))));

/** What a tree ends, and what is said of what it leaves. */
function ends(texts: Texts, question: Partial<Parameters<typeof removable>[0]> = {}) {
  const { remove, findings } = removable({ home: 'here', desired: documentsOf(texts), stored: known, retire: [], unread: new Set(), ...question });
  return { remove: remove.map(({ kind, id }) => `${kind} ${id}`), findings: findings.map(({ message, hint }) => `${message}. ${hint}`) };
}

test('what is still there ends nothing', () => {
  expect(ends(smallTexts)).toEqual({ remove: [], findings: [] });
});

test('a file that is gone ends its document', () => {
  expect(ends(without('marketing/spend', 'agreements/a2'))).toEqual({
    remove: ['product spend', 'contract spend@1', 'build spend', 'agreement a2'],
    findings: [],
  });
});

test('a folder with fewer domains ends nothing of the others, and says so', () => {
  expect(ends(without('finance', 'agreements'))).toEqual({
    remove: [],
    findings: ['domain finance of this repository is not in this folder; nothing of it is removed. To end it: hanse apply --retire finance.'],
  });
  expect(ends(without('marketing', 'agreements')).remove).toEqual([]);
  expect(ends({}).remove).toEqual([]);
});

test('an agreement ends only where both its domains are in the folder', () => {
  expect(ends(without('agreements/a1')).remove).toEqual(['agreement a1']);
  expect(ends(without('agreements/a1', 'marketing')).remove).toEqual([]);
  expect(ends(without('agreements/a1', 'finance')).remove).toEqual([]);
});

test('a domain ends by name', () => {
  expect(ends(without('marketing', 'agreements'), { retire: ['marketing'] })).toEqual({
    remove: ['domain marketing', 'product spend', 'contract spend@1', 'build spend', 'agreement a1', 'agreement a2'],
    findings: [],
  });
  expect(ends(without('finance', 'marketing', 'agreements'), { retire: ['finance'] }).remove).not.toContain('domain marketing');
});

test('what another repository or the mesh has for home is not ended', () => {
  const homes: readonly Home[] = [{ kind: 'mesh' }, { kind: 'repository', id: 'there' }];
  for (const home of homes)
    expect(ends(without('marketing/spend', 'agreements'), { stored: storedOf(documentsOf(smallTexts), home) })).toEqual({ remove: [], findings: [] });
});

test('a file that cannot be read ends nothing: what it last said stands', () => {
  const texts = without('agreements/a1', 'marketing/spend/spend.odcs.yaml');
  expect(ends(texts, { unread: new Set(['agreements/a1.oaas.yaml']) }).remove).toEqual(['contract spend@1']);
  expect(ends(texts, { unread: new Set(['agreements/a1.oaas.yaml', 'marketing/spend/spend.odcs.yaml']) }).remove).toEqual([]);
});

test('a document that another file states ends nothing', () => {
  expect(ends({ ...without('agreements/a1'), 'marketing/moved.oaas.yaml': agreementText() }).remove).toEqual([]);
});

test('a domain that cannot be retired is told, and nothing is silent', () => {
  const told = (retire: readonly string[], ...paths: readonly string[]) => ends(without(...paths), { retire }).findings;
  expect(told(['marketin'], 'marketing', 'agreements')).toContain(
    'domain marketin cannot be retired: this repository is no home of a domain of that name. Did you mean `marketing`?',
  );
  expect(told(['finance'], 'marketing', 'agreements')).toContain(
    'domain finance cannot be retired: its folder is here. Remove its folder, or leave --retire out.',
  );
  expect(told(['marketing'], 'marketing', 'agreements')).toEqual([]);
});

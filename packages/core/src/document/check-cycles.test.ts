import { expect, test } from 'vitest';
import { checkCopies } from '../plan/mesh-errors.ts';
import { parseTree } from '../plan/parse-tree.ts';
import { contractText, filesOf, productText } from '../../../../test/fixtures/small-mesh.ts';

/** What is said of products that read each other. */
function told(reads: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const port = (name: string) => `  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`;
  const texts = Object.entries(reads).flatMap(([id, inputs]) => [
    [`shop/${id}/p.odps.yaml`, productText(id, 'shop', `outputPorts:\n${port(id)}${inputs.length === 0 ? '' : `inputPorts:\n${inputs.map(port).join('')}`}`)],
    [`shop/${id}/c.odcs.yaml`, contractText(id)],
  ]);
  const { documents, sources } = parseTree(filesOf({ 'shop/domain.yaml': 'name: shop\nowner: sam\n', ...Object.fromEntries(texts) }));
  return checkCopies(documents, sources).map(({ code, severity, at, message }) => `${severity} ${code} ${at?.file}:${at?.line}: ${message}`);
}

test('inputs that lead back are told once per circle, with the path and at the input', () => {
  expect(told({ a: ['b'], b: ['d', 'c'], c: ['a'], d: [] })).toMatchInlineSnapshot(`
    [
      "warning mesh.cycle shop/a/p.odps.yaml:11: its inputs lead back to it: shop/a reads shop/b reads shop/c reads shop/a",
    ]
  `);
  expect(told({ x: ['a'], a: ['b'], b: ['a', 'c'], c: ['b'] })).toMatchInlineSnapshot(`
    [
      "warning mesh.cycle shop/a/p.odps.yaml:11: its inputs lead back to it: shop/a reads shop/b reads shop/a",
      "warning mesh.cycle shop/b/p.odps.yaml:12: its inputs lead back to it: shop/b reads shop/c reads shop/b",
    ]
  `);
});

test('diamonds, chains, and a product that reads itself are no circles', () => {
  expect(told({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [], e: ['e', 'a'] })).toEqual([]);
});

test('a long chain is walked', () => {
  const chain = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, n === 0 ? [] : [`p${n - 1}`]]));
  expect(told(chain)).toEqual([]);
});

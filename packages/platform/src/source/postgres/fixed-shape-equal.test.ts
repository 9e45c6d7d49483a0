import { fixedShapeMismatch } from '@hanse/core/rule/fixed-shape.ts';
import { translateToAre } from '@hanse/core/rule/postgres-regular-expression.ts';
import { quoteText } from '@hanse/core/sql/quote.ts';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../../../../../test/postgres-server.ts';

const server = await startPostgres();
const runs = Math.ceil(60 * Number(process.env['HANSE_TEST_SCALE'] ?? 1));

/** What a pattern asks of a character, and characters of which some have it. */
const atoms = ['[ab]', '[^a]', '\\d', '.', '[%_]', 'a', '%', '_', '-', "'", '\\\\', 'ä', '😀', '\\n', '\\.', '[\\]\\\\]'];
const characters = ['a', 'b', 'c', '7', '%', '_', '-', "'", '\\', 'ä', '😀', '\n', '.', ']', 'A'];
const piece = fc.tuple(fc.constantFrom(...atoms), fc.constantFrom('', '{0}', '{2}', '{5}')).map((parts) => parts.join(''));
const group = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 2 }), fc.constantFrom('', '{2}', '{3}'))
  .map(([inside, times]) => `(?:${inside.join('')})${times}`);
const pattern = fc.array(fc.oneof(piece, piece, group), { minLength: 2, maxLength: 5 }).map((pieces) => `^${pieces.join('')}$`);

/** Texts that match, and such that differ in one character. */
function nearly(written: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(written, 'u')).chain((text) => {
    const other = fc.tuple(fc.nat([...text].length), fc.constantFrom('', ...characters));
    return other.map(([at, one]) => [...text].map((own, index) => (index === at ? one : own)).join(''));
  });
}

describe.runIf(server !== undefined)('a shape of one length', () => {
  const client = new Client({ connectionString: server?.url });
  beforeAll(() => client.connect());
  afterAll(async () => {
    await client.end();
    await server?.stop();
  });

  test(`${runs} random patterns and texts: LIKE and strangers find what the automaton finds`, async () => {
    let compared = 0;
    const one = pattern.chain((written) => fc.tuple(fc.constant(written), fc.array(nearly(written), { minLength: 5, maxLength: 20 })));
    await fc.assert(
      fc.asyncProperty(one, async ([written, texts]) => {
        const translated = translateToAre(written);
        const fixed = 'pattern' in translated ? fixedShapeMismatch(translated.pattern, 'x') : undefined;
        if (fixed === undefined || !('pattern' in translated)) return;
        compared += 1;
        const rows = texts.filter((text) => !text.includes('\0')).map((text) => `(${quoteText(text.toWellFormed())})`);
        const sql = `SELECT x FROM (VALUES (NULL), ${[...rows, "('')"].join(', ')}) AS t(x) WHERE (${fixed}) IS DISTINCT FROM (x COLLATE "C" !~ ${quoteText(translated.pattern)})`;
        expect((await client.query(sql)).rows).toEqual([]);
      }),
      { numRuns: runs },
    );
    expect(compared).toBeGreaterThan(runs / 4);
  });
});

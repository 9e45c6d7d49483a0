import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { enforceable } from '@hanse/core/custody/coverage.ts';

interface Proof {
  readonly file: string;
  readonly test: string;
}

/** What the coverage map calls enforced, and the tests that would fail if it were not. */
const proofs: Readonly<Record<(typeof enforceable)[number], readonly Proof[]>> = {
  'held/rule': [
    { file: 'test/journeys/deliver.test.ts', test: 'one violating row: the build exits 1, names rule and sample, and the version before still answers' },
    {
      file: 'packages/platform/src/services/product/build-products.test.ts',
      test: 'at block a bad version is kept out, its incident is told anew, and ends with what was good before',
    },
  ],
  'held/role': [
    { file: 'test/journeys/query.test.ts', test: 'group by group, an analyst sees what plain DuckDB sees under her role' },
    {
      file: 'test/journeys/agreement.test.ts',
      test: 'revoked: the next statement is refused on the command line and over HTTP, and its file does not bring it back',
    },
  ],
  'held/change': [{ file: 'test/journeys/change.test.ts', test: 'a used column that goes is a break, told with consumers and evidence; nothing is applied' }],
  'in place, connected/role': [
    {
      file: 'packages/platform/src/services/grant/settle-grants.test.ts',
      test: 'a table in its database is opened as its agreements say, and what was granted by hand is told',
    },
  ],
};

it.each(enforceable)('%s is proved by tests that exist', async (clause) => {
  for (const { file, test } of proofs[clause]) {
    const text = await readFile(join(import.meta.dirname, '..', file), 'utf8');
    expect(text, file).toMatch(new RegExp(`^ *(it|test)(\\.\\w+\\(.*\\))?\\(\\s*'${RegExp.escape(test)}'`, 'm'));
  }
});

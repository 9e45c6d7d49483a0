import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePages } from './reference.ts';

test('the reference pages say what the code does (else: node tools/node24.mjs tools/generate-reference.ts)', () => {
  for (const [path, text] of referencePages()) expect(readFileSync(path, 'utf8'), path).toBe(text);
});

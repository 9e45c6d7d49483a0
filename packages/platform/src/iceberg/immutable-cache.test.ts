import { expect, test } from 'vitest';
import { createImmutableCache } from './immutable-cache.ts';

test('what was used last stays, within the bound; what is heavier than the bound is not kept', async () => {
  const cache = createImmutableCache<string>(5, (text) => text.length);
  const loads: string[] = [];
  const read = (address: string, text: string) => cache.read(address, async () => (loads.push(address), text));
  for (const [address, text] of [
    ['a', 'aa'],
    ['b', 'bb'],
    ['a', 'aa'],
    ['c', 'cc'],
    ['a', 'aa'],
    ['b', 'bb'],
    ['d', 'dddddd'],
    ['d', 'dddddd'],
  ] as const) {
    expect(await read(address, text)).toBe(text);
  }
  expect(loads).toEqual(['a', 'b', 'c', 'b', 'd', 'd']);
  expect(await Promise.all([read('e', 'ee'), read('e', 'ee')])).toEqual(['ee', 'ee']);
  expect(await read('f', 'fff')).toBe('fff');
  expect(await read('e', 'never')).toBe('ee');
});

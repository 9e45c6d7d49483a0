import { expect, test } from 'vitest';
import { didYouMean, nearest } from './did-you-mean.ts';

test.each([
  ['desciption', 'description'],
  ['naem', 'name'],
  ['output_ports', 'outputPorts'],
  ['Versoin', 'version'],
  ['team', undefined],
  ['x', undefined],
])('%s is meant as %s', (word, meant) => {
  expect(nearest(word, ['description', 'name', 'outputPorts', 'version'])).toBe(meant);
});

test('says what else to do where nothing is near', () => {
  expect(didYouMean('zebra', ['name'], 'Remove it.')).toBe('Remove it.');
});

import { expect, test } from 'vitest';
import { inEnvironment } from './mesh-environment.ts';
import { parseMesh } from './parse-mesh.ts';
import { readYaml } from './read-yaml.ts';

function read(text: string) {
  const { document } = readYaml('hanse.yaml', text);
  if (document === undefined) throw new Error(text);
  return parseMesh(document);
}

test('only the environment that says so has samples', () => {
  const { mesh } = read('environments: {dev: {samples: true}, prod: {}}');
  const samplesIn = (name: string) => mesh && inEnvironment(mesh, name)?.samples;
  expect([samplesIn('dev'), samplesIn('prod'), mesh?.samples]).toEqual([true, undefined, undefined]);
});

test('a mesh as a whole has no samples', () => {
  expect(
    read('samples: true')
      .findings.map(({ message }) => message)
      .join(),
  ).toContain('samples');
});

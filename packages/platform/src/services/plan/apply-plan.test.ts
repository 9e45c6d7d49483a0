import type { Plan } from '@hanse/core/api/shapes.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, filesOf, productText, type Texts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;

const port = (name: string, contractId: string) => `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${contractId}}\n`;
const base: Texts = {
  'shop/domain.yaml': 'name: shop\nowner: sam\n',
  'shop/a/a.odcs.yaml': contractText('extra'),
  'hall/domain.yaml': 'name: hall\nowner: hal\n',
};
const planOf = (texts: Texts, home = 'here'): Promise<Plan> => mesh.api().plan({ tree: { home, files: [...filesOf(texts)] } });

/** How applying ends. */
async function outcome(plan: Plan): Promise<string> {
  return mesh
    .api()
    .apply({ plan })
    .then(
      () => 'applied',
      (error: unknown) => (error instanceof Error ? `${error.message} ${'hint' in error ? error.hint : ''}` : String(error)),
    );
}

beforeAll(async () => {
  mesh = await openMesh({ texts: base });
  await mesh.apply();
});

afterAll(() => mesh[Symbol.asyncDispose]());

test('two plans that are right by themselves and wrong together: the second is refused and says why', async () => {
  const served = { ...base, 'shop/b/b.odps.yaml': productText('b', 'shop', port('extra', 'extra')) };
  const plans = {
    serves: await planOf(served),
    removes: await planOf({ ...base, 'shop/a/a.odcs.yaml': undefined }),
    takesName: await planOf({
      ...base,
      'shop/c/c.odps.yaml': productText('c', 'shop', port('extra', 'other')),
      'shop/c/c.odcs.yaml': contractText('other', 'extra'),
    }),
    unrelated: await planOf({ ...base, 'hall/d/d.odps.yaml': productText('d', 'hall') }),
  };
  expect(Object.values(plans).flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))).toEqual([]);
  expect(await outcome(plans.serves)).toBe('applied');
  expect(await outcome(plans.unrelated)).toBe('applied');
  expect(await outcome(plans.removes)).toMatchInlineSnapshot(
    `"the mesh changed after log number 1, and the plan no longer goes with it: shop/b/b.odps.yaml: output port \`extra\` names the contract \`extra\`, which is not there Take what came since into your files, then plan again. Add the ODCS document that has this id, as a file *.odcs.yaml."`,
  );
  expect(await outcome(plans.takesName)).toMatchInlineSnapshot(
    `"the mesh changed after log number 1, and the plan no longer goes with it: shop/c/c.odps.yaml: the table \`shop.extra\` is served by shop/c:extra and by shop/b:extra Take what came since into your files, then plan again. Rename the object in one of their contracts: a table name is unique in its domain."`,
  );
});

test('a plan that breaks what another repository brought says so before it is applied', async () => {
  const lone = { 'loft/domain.yaml': 'name: loft\nowner: lou\n' };
  await mesh.api().apply({ plan: await planOf(lone, 'there') });
  await mesh.api().apply({ plan: await planOf({ ...lone, 'loft/f/f.odcs.yaml': contractText('f') }, 'there') });
  await mesh.platform.store.transact({
    actor: 'root',
    intent: 'test',
    reason: '',
    writes: [
      {
        op: 'put',
        kind: 'product',
        id: 'g',
        home: { kind: 'repository', id: 'elsewhere' },
        body: {
          path: 'g.odps.yaml',
          domain: 'loft',
          text: '',
          value: {
            id: 'g',
            domain: 'loft',
            name: 'g',
            status: 'active',
            inputPorts: [],
            outputPorts: [{ name: 'f', version: '1.0.0', contractId: 'f', deprecated: false }],
            team: [],
            tags: [],
          },
        },
      },
    ],
  });
  const { findings } = await planOf(lone, 'there');
  expect(findings.map(({ at, message }) => `${at?.file}: ${message}`)).toEqual(['g.odps.yaml: output port `f` names the contract `f`, which is not there']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { contractText, productText } from '../../../../../test/fixtures/small-mesh.ts';
import { testProducts } from './test-products.ts';

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({
    texts: {
      'shop/domain.yaml': 'name: shop\nowner: sam\n',
      'shop/orders/orders.odps.yaml': productText('orders', 'shop', 'outputPorts:\n  - {name: orders, version: 1.0.0, contractId: orders}\n'),
      'shop/orders/orders.odcs.yaml': contractText('orders'),
      'shop/orders/orders.sql': "select 'c' as customer, 1.5 as amount",
    },
  });
  await mesh.apply();
  await mesh.build('shop/orders');
}, 60_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('a person’s tests are their own turns: they keep no build and no slice waiting', async () => {
  const owners: (string | undefined)[] = [];
  const { engine } = mesh.platform;
  const watched = {
    ...mesh.platform,
    engine: { ...engine, session: (options: Parameters<typeof engine.session>[0]) => (owners.push(options.owner), engine.session(options)) },
  };
  const { tables } = await testProducts(watched, { kind: 'person', username: 'sam' }, 'shop/orders');
  expect(tables.flatMap(({ checks }) => checks.map(({ result }) => result))).not.toContain('error');
  expect(owners).toEqual(['sam']);
});

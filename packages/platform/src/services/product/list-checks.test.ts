import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;

const contract = `apiVersion: v3.2.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - id: orders
    name: orders
    properties:
      - {id: n, name: n, physicalType: BIGINT, primaryKey: true}
    quality:
      - {id: few, type: library, metric: rowCount, mustBeLessThan: 2, severity: warning}
`;

beforeAll(async () => {
  mesh = await openMesh({
    texts: {
      'shop/domain.yaml': 'name: shop\nowner: sam\n',
      'shop/orders/orders.odps.yaml': productText('orders', 'shop', 'outputPorts:\n  - {name: orders, version: 1.0.0, contractId: orders}\n'),
      'shop/orders/orders.odcs.yaml': contract,
      'shop/orders/build.yaml': 'sources: {rows: {file: rows.csv}}\n',
      'shop/orders/orders.sql': 'select * from source.rows',
    },
  });
  for (const rows of ['n\n1\n', 'n\n1\n2\n', 'n\n1\n2\n3\n']) {
    await mesh.write({ 'shop/orders/rows.csv': rows });
    await mesh.apply();
    await mesh.build('shop/orders');
  }
}, 60_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('each published version keeps what its rules said; one rule can be followed', async () => {
  const { ref, versions } = await mesh.api('sam').checks({ ref: 'shop/orders', rule: 'quality/few' });
  expect(ref).toBe('shop/orders:orders');
  expect(versions.map(({ checks }) => checks.map(({ result, message }) => `${result} ${message.split(': ').at(-1)}`))).toEqual([
    ['warn it is 3'],
    ['warn it is 2'],
    ['pass it is 1'],
  ]);
  expect(versions.map(({ at }) => at)).toEqual(
    versions
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  );
  expect((await mesh.api('sam').checks({ ref: 'shop/orders', limit: 1 })).versions.map(({ checks }) => checks.length)).toEqual([3]);
});

test('outside the domain only the verdicts are told', async () => {
  const { versions } = await mesh.api('eve').checks({ ref: 'shop/orders' });
  expect(
    versions.flatMap(({ checks }) => checks).filter(({ message, promise, failing, sql }) => message !== promise || failing !== null || sql !== null),
  ).toEqual([]);
});

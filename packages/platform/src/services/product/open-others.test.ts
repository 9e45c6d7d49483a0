import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;
beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, 'shop/domain.yaml': 'name: shop\nowner: sam\n' } });
});
afterAll(() => mesh[Symbol.asyncDispose]());

function product(name: string, sql: string, to?: string): Readonly<Record<string, string>> {
  const relationships = to === undefined ? '' : `, relationships: [{to: ${to}}]`;
  return {
    [`shop/${name}/${name}.odps.yaml`]: productText(name, 'shop', `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`),
    [`shop/${name}/${name}.odcs.yaml`]: `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - id: ${name}_object\n    name: ${name}\n    properties:\n      - {id: n_id, name: n, logicalType: integer${relationships}}\n`,
    [`shop/${name}/${name}.sql`]: sql,
  };
}

test.each([
  ['domain.table', 'shop.keys.n'],
  ['the contract’s file and ids', 'keys.odcs.yaml#schema/keys_object/properties/n_id'],
])('a relationship to another product’s table by %s is kept or broken', async (_, to) => {
  await mesh.apply({ ...product('keys', 'select unnest([1, 2]) as n'), ...product('uses', 'select 1 as n', to) });
  expect((await mesh.build('shop/keys')).map(({ outcome }) => outcome)).not.toContain('failed');
  expect(JSON.stringify(await mesh.build('shop/uses'))).toContain('0 of 1 rows have no counterpart');
  await mesh.apply({ 'shop/uses/uses.sql': 'select 7 as n' });
  const [broken] = await mesh.build('shop/uses');
  expect(JSON.stringify(broken)).toContain('1 of 1 rows have no counterpart');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;
beforeAll(async () => {
  mesh = await openMesh({ texts: { ...smallTexts, 'shop/domain.yaml': 'name: shop\nowner: sam\n' } });
});
afterAll(() => mesh[Symbol.asyncDispose]());

function product(name: string, sql: string, to?: string, domain = 'shop'): Readonly<Record<string, string>> {
  const relationships = to === undefined ? '' : `, relationships: [{to: ${to}}]`;
  return {
    [`${domain}/${name}/${name}.odps.yaml`]: productText(name, domain, `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`),
    [`${domain}/${name}/${name}.odcs.yaml`]: `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - id: ${name}_object\n    name: ${name}\n    properties:\n      - {id: n_id, name: n, logicalType: integer${relationships}}\n`,
    [`${domain}/${name}/${name}.sql`]: sql,
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

test('a relationship to a table of another domain is judged under an agreement, and without one says what to request', async () => {
  await mesh.apply({
    'vault/domain.yaml': 'name: vault\nowner: vera\n',
    ...product('coins', 'select unnest([1, 2]) as n', undefined, 'vault'),
    ...product('pays', 'select 1 as n', 'vault.coins.n'),
  });
  await mesh.build('vault/coins');
  const judged = async () => {
    const run = (await mesh.build('shop/pays', { force: true })).find(({ ref }) => ref === 'shop/pays:pays');
    const checks = (run?.checks ?? []).filter(({ rule }) => rule.includes('relationship'));
    return [run?.outcome, ...checks.map(({ result, message }) => `${result} ${message}`)];
  };
  const lacking =
    'error shop/pays:pays: n must be in vault.coins (n): vault/coins:coins: shop/pays holds no agreement. Request a role (plain, full): hanse access request vault/coins:coins --role <role> --for shop/pays --purpose <why> --until <date>.';
  expect(await judged()).toEqual(['published', lacking]);
  const { id } = await mesh.api('sam').requestAccess({ ref: 'vault/coins:coins', role: 'full', purpose: 'pay', until: '2030-01-01', consumer: 'shop/pays' });
  expect((await judged())[1]).toMatch(/^error/);
  await expect(
    mesh.api('sam').requestAccess({ ref: 'vault/coins:coins', role: 'full', purpose: 'pay', until: '2030-01-01', consumer: 'shop/pays' }),
  ).rejects.toMatchObject({ code: 'conflict', hint: `Who answers for vault approves it: hanse access approve ${id}.` });
  await mesh.api('vera').answerAccess({ id, verb: 'approve', reason: '' });
  expect(await judged()).toEqual(['published', 'pass shop/pays:pays: n must be in vault.coins (n): 0 of 1 rows have no counterpart']);
  await mesh.apply({ 'shop/pays/pays.sql': 'select unnest([1, 7, null]) as n' });
  expect(await judged()).toEqual(['blocked', 'fail shop/pays:pays: n must be in vault.coins (n): 1 of 3 rows have no counterpart; e.g. 7']);
  await mesh.api('vera').answerAccess({ id, verb: 'revoke', reason: 'over' });
  expect((await judged())[1]).toMatch(/^error .*vault\/coins:coins/);
});

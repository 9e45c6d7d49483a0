import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { productText } from '../../../../../test/fixtures/small-mesh.ts';
import { startPostgres } from '../../../../../test/postgres-server.ts';

const server = await startPostgres();

/** A product that reads PostgreSQL by a cursor, in some mode. */
const product = (name: string, mode: string) => ({
  [`shop/${name}/${name}.odps.yaml`]: productText(name, 'shop', `outputPorts:\n  - {name: ${name}, version: 1.0.0, contractId: ${name}}\n`),
  [`shop/${name}/${name}.odcs.yaml`]: `apiVersion: v3.2.0\nkind: DataContract\nid: ${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\nschema:\n  - id: ${name}\n    name: ${name}\n    properties:\n      - {id: id, name: id, physicalType: BIGINT, primaryKey: true}\n      - {id: n, name: n, physicalType: BIGINT}\n      - {id: word, name: word, physicalType: VARCHAR, required: true}\n`,
  [`shop/${name}/${name}.sql`]: 'select id, n, word from source.rows',
  [`shop/${name}/build.yaml`]: `sources: {rows: {postgres: "\${SHOP}", table: rows, cursor: n}}\nobjects: {${name}: {mode: ${mode}}}\n`,
});

describe.runIf(server !== undefined)('builds from PostgreSQL by a cursor', () => {
  const client = new Client({ connectionString: server?.url });
  let mesh: OpenMesh;

  beforeAll(async () => {
    await client.connect();
    await client.query("create table rows (id bigint, n bigint, word text); insert into rows values (1, 1, 'one'), (2, 2, 'two')");
    mesh = await openMesh({
      texts: { 'shop/domain.yaml': 'name: shop\nowner: sam\n' },
      environment: { SHOP: server?.url ?? '' },
      sources: { shop: { folders: [], databases: ['${SHOP}'], variables: [] } },
    });
    await mesh.apply({ ...product('whole', 'full'), ...product('merged', 'merge') });
  });

  afterAll(async () => {
    await mesh?.[Symbol.asyncDispose]();
    await client.end();
    await server?.stop();
  });

  const built = async () => Object.fromEntries((await mesh.build('shop')).map(({ ref, outcome, rows }) => [ref.split(':')[1], `${outcome} ${rows}`]));
  const wordsOf = async (name: string) =>
    (await mesh.rows(`select string_agg(word, ' ' order by n) as words from shop.${name}`, 'sam')).map((row) => Object.values(row ?? {}).join());

  test('what has grown is landed whole or merged, as the mode says; what was kept from consumers is landed again', async () => {
    expect(await built()).toEqual({ whole: 'published 2', merged: 'published 2' });
    await client.query("delete from rows where n = 1; insert into rows values (2, 3, 'second'), (3, 4, null); delete from rows where n = 2");
    expect(await built()).toEqual({ whole: 'blocked null', merged: 'blocked null' });
    await client.query("update rows set word = 'three' where n = 4");
    expect(await built()).toEqual({ whole: 'published 2', merged: 'published 3' });
    expect(await Promise.all(['whole', 'merged'].map(wordsOf))).toEqual([['second three'], ['one second three']]);
    expect(await built()).toEqual({ whole: 'unchanged 2', merged: 'unchanged 3' });
  });
});

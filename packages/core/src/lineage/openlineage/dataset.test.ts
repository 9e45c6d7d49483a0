import { expect, test } from 'vitest';
import { documentsOf, smallTexts } from '../../../../../test/fixtures/small-mesh.ts';
import { meshOf } from '../../mesh/mesh-value.ts';
import { servedTables } from '../../mesh/served-table.ts';
import { namedDataset } from './dataset.ts';

test.each(['me:pa@ss@db.example/shop', 'me:12/ab@db.example/shop', 'me:p?a=b@db.example:5432/shop', 'db.example/shop?sslmode=require', 'me@db.example/shop'])(
  'a source is named without its credentials: %s',
  (place) => {
    const mesh = meshOf(
      documentsOf({ ...smallTexts, 'finance/churn/build.yaml': `sources:\n  rows: {postgres: "postgres://${place}", table: sales.orders}\n` }),
    );
    const tables = servedTables(mesh);
    const [by] = tables.filter(({ domain }) => domain === 'finance');
    if (by === undefined) throw new Error('no table');
    expect(namedDataset('m', { schema: 'source', name: 'rows' }, { by, mesh, tables })).toEqual({
      namespace: 'postgres://db.example:5432',
      name: 'shop.sales.orders',
    });
  },
);

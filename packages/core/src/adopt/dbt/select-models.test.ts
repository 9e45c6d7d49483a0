import { expect, it } from 'vitest';
import type { DbtNode, Manifest } from './manifest.ts';
import { selectModels, whyNotSelect } from './select-models.ts';

function model(name: string, more: Partial<DbtNode> = {}): DbtNode {
  const path = `models/staging/${name}.sql`;
  return {
    unique_id: `model.shop.${name}`,
    name,
    resource_type: 'model',
    package_name: 'shop',
    original_file_path: path,
    fqn: ['shop', 'staging', name],
    ...more,
  };
}

const nodes = [
  model('stg_orders', { tags: ['core', 'nightly'], config: { materialized: 'view' } }),
  model('stg_people', { tags: ['core'], group: 'sales' }),
  model('revenue', { original_file_path: 'models/marts/revenue.sql', fqn: ['shop', 'marts', 'revenue'], group: 'sales', tags: ['nightly'] }),
  model('orders', {
    unique_id: 'model.shop.orders.v1',
    version: 1,
    latest_version: 2,
    fqn: ['shop', 'marts', 'orders', 'v1'],
    original_file_path: 'models/marts/orders_v1.sql',
  }),
  model('orders', {
    unique_id: 'model.shop.orders.v2',
    version: 2,
    latest_version: 2,
    fqn: ['shop', 'marts', 'orders', 'v2'],
    original_file_path: 'models/marts/orders_v2.sql',
  }),
];
const manifest: Manifest = {
  metadata: { dbt_schema_version: 'v12', project_name: 'shop' },
  nodes: Object.fromEntries(nodes.map((node) => [node.unique_id, node])),
};

it.each([
  ['revenue', 'revenue'],
  ['stg_*', 'stg_orders stg_people'],
  ['tag:core', 'stg_orders stg_people'],
  ['tag:core,tag:nightly', 'stg_orders'],
  ['tag:core,tag:nightly revenue', 'stg_orders revenue'],
  ['group:sales,path:models/marts', 'revenue'],
  ['models/staging', 'stg_orders stg_people'],
  ['path:models/*/stg_orders.sql', 'stg_orders'],
  ['marts', 'revenue orders.v1 orders.v2'],
  ['shop.staging.stg_people', 'stg_people'],
  ['orders', 'orders.v1 orders.v2'],
  ['orders.v2', 'orders.v2'],
  ['orders_v1.sql', 'orders.v1'],
  ['orders,version:latest', 'orders.v2'],
  ['config.materialized:view', 'stg_orders'],
  ['nothing', ''],
])('`%s` selects what dbt selects by it', (select, selected) => {
  expect(
    selectModels(manifest, select)
      .models.map(({ unique_id: id }) => id.replace('model.shop.', ''))
      .join(' '),
  ).toBe(selected);
  expect(whyNotSelect(select)).toBeUndefined();
});

it.each([
  ['+orders', 'graph operators (`+`, `@`) are not followed'],
  ['orders+1', 'graph operators (`+`, `@`) are not followed'],
  ['tag:core,2+orders', 'graph operators (`+`, `@`) are not followed'],
  ['@revenue', 'graph operators (`+`, `@`) are not followed'],
  ['state:modified', 'the method `state:` is not known; known are '],
])('`%s` is refused by name', (select, why) => {
  expect(whyNotSelect(select)).toContain(why);
});

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { JsonValue } from '../../document/document.ts';
import { readYaml } from '../../document/read-yaml.ts';
import { parseTree } from '../../plan/parse-tree.ts';
import { formatDraft } from '../format-draft.ts';
import { draftOpenlineage } from './draft-openlineage.ts';

const EVENTS = fileURLToPath(new URL('../../../../../test/fixtures/standards/openlineage/events/', import.meta.url));

it('what dbt, Airflow and Spark tell of datasets becomes documents that plan takes', () => {
  const products = globSync(`${EVENTS}**/*.json`).map((path) => {
    const events = [readYaml(path, readFileSync(path, 'utf8')).document?.value ?? []].flat();
    const draft = draftOpenlineage(events, { path, label: 'events', select: '*' });
    const files = formatDraft(draft, { domain: 'x', folder: 'x', owner: 'ann' });
    expect(parseTree(files.map((file) => ({ path: file.path, text: file.text }))).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    return draft.products.length;
  });
  expect(products.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
});

function event(at: string, dataset: Readonly<Record<string, JsonValue>>): JsonValue {
  return { eventTime: at, outputs: [{ namespace: 'postgres://db:5433', name: 'shop.public.orders', ...dataset }] };
}

it('of each facet the newest is taken, whatever the order of the events', () => {
  const schema = (type: string) => ({ facets: { schema: { fields: [{ name: 'id', type }] } } });
  const events = [event('2026-02-01T00:00:00Z', schema('bigint')), event('2026-01-01T00:00:00Z', schema('int'))];
  const [product] = draftOpenlineage(events, { path: 'e.json', label: 'e' }).products;
  expect(product?.contracts[0]?.tables[0]?.columns).toMatchObject([{ name: 'id', physicalType: 'bigint' }]);
  expect(product?.contracts[0]?.servers).toEqual([{ server: 'postgres', type: 'postgres', host: 'db', port: 5433, database: 'shop', schema: 'public' }]);
});

it('an assertion that a column is there or unique is a clause; another is kept by its name', () => {
  const fields = [{ name: 'id', type: 'int' }];
  const assertions = [
    { assertion: 'not_null', success: true, column: 'id' },
    { assertion: 'is_even', success: false, column: 'id' },
  ];
  const draft = draftOpenlineage([event('2026-01-01T00:00:00Z', { facets: { schema: { fields }, dataQualityAssertions: { assertions } } })], {
    path: 'e.json',
    label: 'e',
  });
  expect(draft.products[0]?.contracts[0]?.tables[0]?.columns).toMatchObject([
    { required: true, quality: [{ id: 'is_even_id', type: 'custom', engine: 'openlineage', implementation: { name: 'is_even', column: 'id' } }] },
  ]);
  expect(draft.notes).toEqual(['shop.public.orders: is_even of id failed when it was told']);
});

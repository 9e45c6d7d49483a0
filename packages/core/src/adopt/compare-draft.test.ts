import { expect, it } from 'vitest';
import { compareDraft } from './compare-draft.ts';

const drafted = {
  schema: [
    { id: 'orders', name: 'orders', properties: [{ id: 'id', name: 'id', physicalType: 'bigint', required: true }], quality: [{ id: 'few', name: 'few' }] },
  ],
  slaProperties: [{ property: 'freshness', value: '1d' }],
};

it('a draft is no different from itself', () => {
  expect(compareDraft(drafted, drafted)).toEqual([]);
});

it('what people added or reworded is theirs; what the source says otherwise is told', () => {
  const present = {
    description: { purpose: 'Ours.' },
    schema: [
      {
        id: 'orders',
        name: 'orders',
        properties: [
          { id: 'id', name: 'id', physicalType: 'int', description: 'Ours.', classification: 'restricted' },
          { id: 'gone', name: 'gone' },
        ],
        quality: [{ id: 'ours', name: 'ours' }],
      },
    ],
    slaProperties: [
      { property: 'freshness', value: '2d' },
      { property: 'support', value: '9 to 5' },
    ],
  };
  expect(compareDraft(drafted, present)).toEqual([
    'orders.id: physicalType is int, and bigint in the source',
    'orders.id: add required: true',
    'the column orders.gone is no longer in the source',
    'add the rule orders.few',
    'freshness: value is 2d, and 1d in the source',
  ]);
});

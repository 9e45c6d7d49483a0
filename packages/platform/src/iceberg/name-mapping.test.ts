import type { Column } from '@hanse/core/table/column.ts';
import { expect, test } from 'vitest';
import { formatNameMapping } from './name-mapping.ts';

const column = (id: number, name: string, type: Column['type'] = { kind: 'long' }): Column => ({ id, name, type, required: false });

test('names that a column had before stay, unless another column took them; nested fields too', () => {
  const first = formatNameMapping([column(1, 'a'), column(2, 'b', { kind: 'struct', fields: [column(3, 'x')] })]);
  expect(first).toMatchInlineSnapshot(`"[{"field-id":1,"names":["a"]},{"field-id":2,"names":["b"],"fields":[{"field-id":3,"names":["x"]}]}]"`);
  const second = formatNameMapping([column(1, 'b'), column(2, 'c', { kind: 'struct', fields: [column(3, 'y'), column(4, 'z')] })], first);
  expect(second).toMatchInlineSnapshot(
    `"[{"field-id":1,"names":["a","b"]},{"field-id":2,"names":["c"],"fields":[{"field-id":3,"names":["x","y"]},{"field-id":4,"names":["z"]}]}]"`,
  );
});

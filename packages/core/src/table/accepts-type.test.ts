import { expect, test } from 'vitest';
import { acceptsType } from './accepts-type.ts';
import type { ColumnType } from './column.ts';
import type { WantedType } from './wanted-type.ts';

const decimal = (precision: number, scale: number) => ({ kind: 'decimal', precision, scale }) as const;
const list = (element: ColumnType): ColumnType => ({ kind: 'list', elementId: 1, element });

test.each<[wanted: WantedType, found: ColumnType, accepted: boolean]>([
  [{ kind: 'int' }, { kind: 'int' }, true],
  [{ kind: 'long' }, { kind: 'int' }, true],
  [{ kind: 'int' }, { kind: 'long' }, false],
  [{ kind: 'long' }, { kind: 'double' }, false],
  [{ kind: 'long' }, decimal(18, 0), false],
  [{ kind: 'long', loose: true }, decimal(18, 0), true],
  [{ kind: 'long', loose: true }, decimal(18, 1), false],
  [{ kind: 'double' }, { kind: 'float' }, true],
  [{ kind: 'double' }, decimal(4, 2), false],
  [{ kind: 'double', loose: true }, decimal(4, 2), true],
  [{ kind: 'double', loose: true }, { kind: 'string' }, false],
  [decimal(12, 2), decimal(10, 2), true],
  [decimal(12, 2), decimal(18, 2), false],
  [decimal(12, 2), decimal(12, 3), false],
  [{ ...decimal(38, 9), loose: true }, decimal(12, 3), true],
  [{ kind: 'timestamp' }, { kind: 'timestamptz' }, false],
  [{ kind: 'timestamp', loose: true }, { kind: 'timestamptz' }, true],
  [{ kind: 'string', loose: true }, { kind: 'uuid' }, true],
  [{ kind: 'string' }, { kind: 'uuid' }, false],
  [{ kind: 'list', element: { kind: 'long' } }, list({ kind: 'int' }), true],
  [{ kind: 'list', element: { kind: 'date' } }, list({ kind: 'int' }), false],
  [
    { kind: 'struct', fields: [{ key: 'a', name: 'a', type: { kind: 'date' }, required: false }] },
    {
      kind: 'struct',
      fields: [
        { id: 1, name: 'b', type: { kind: 'int' }, required: false },
        { id: 2, name: 'a', type: { kind: 'date' }, required: false },
      ],
    },
    true,
  ],
  [{ kind: 'struct', fields: [{ key: 'a', name: 'a', type: { kind: 'date' }, required: false }] }, { kind: 'struct', fields: [] }, false],
])('%j by %j: %s', (wanted, found, accepted) => {
  expect(acceptsType(wanted, found)).toBe(accepted);
});

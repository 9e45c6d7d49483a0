import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExternalError } from '../error.ts';
import { decodeThrift } from './decode-thrift.ts';
import { encodeThrift } from './encode-thrift.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';

const numRuns = Math.ceil(100 * Number(process.env.HANSE_TEST_SCALE ?? 1));
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);

const leaf: fc.Arbitrary<ThriftValue> = fc.oneof(
  fc.boolean().map((value) => ({ kind: 'boolean' as const, value })),
  fc.bigInt(-128n, 127n).map((value) => ({ kind: 'integer' as const, type: 3 as const, value })),
  fc.tuple(fc.constantFrom(4 as const, 5 as const, 6 as const), int64).map(([type, value]) => ({ kind: 'integer' as const, type, value })),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => ({ kind: 'bytes' as const, type: 7 as const, value })),
  fc.uint8Array({ maxLength: 300 }).map((value) => ({ kind: 'bytes' as const, type: 8 as const, value })),
);
const { struct } = fc.letrec<{ struct: ThriftStruct; value: ThriftValue }>((tie) => ({
  struct: fc
    .array(fc.tuple(fc.integer({ min: -5, max: 32_767 }), tie('value')), { maxLength: 6 })
    .map((entries): ThriftStruct => ({ kind: 'struct', fields: new Map(entries.toSorted(([a], [b]) => a - b)) })),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('struct'),
    listOf(
      fc.integer().map((n) => ({ kind: 'integer', type: 5, value: BigInt(n) })),
      5,
    ),
    listOf(
      fc.boolean().map((value) => ({ kind: 'boolean', value })),
      1,
    ),
    listOf(tie('struct'), 12),
  ),
}));

function listOf(item: fc.Arbitrary<ThriftValue>, element: number): fc.Arbitrary<ThriftValue> {
  return fc.array(item, { maxLength: 20 }).map((items) => ({ kind: 'list', type: 9, element, items }));
}

test('what is encoded decodes to the same tree', () => {
  fc.assert(
    fc.property(struct, (tree) => void expect(decodeThrift(Uint8Array.from(encodeThrift(tree)))).toEqual(tree)),
    { numRuns },
  );
});

test('bytes that are no struct end in an error of ours', () => {
  const decode = (bytes: Uint8Array) => {
    try {
      return decodeThrift(bytes);
    } catch (error) {
      return error;
    }
  };
  const cut = fc.tuple(struct, fc.nat()).map(([tree, at]) => {
    const bytes = encodeThrift(tree);
    return bytes.subarray(0, at % bytes.length);
  });
  fc.assert(
    fc.property(cut, (bytes) => void expect(decode(bytes)).toBeInstanceOf(ExternalError)),
    { numRuns },
  );
  const outcomes = (bytes: Uint8Array) => {
    const outcome = decode(bytes);
    return outcome instanceof ExternalError || (typeof outcome === 'object' && outcome !== null && 'fields' in outcome);
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void expect(outcomes(bytes)).toBe(true)),
    { numRuns },
  );
  expect(decode(new Uint8Array(100_000).fill(0x1c))).toBeInstanceOf(ExternalError);
  expect(decode(new Uint8Array(100_000).fill(0x19))).toBeInstanceOf(ExternalError);
});

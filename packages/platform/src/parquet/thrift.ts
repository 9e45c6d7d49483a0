/**
 * A value of Thrift's compact protocol, with all that was read: unknown fields survive decoding and encoding.
 * `type` is the protocol's own number of the type.
 */
export type ThriftValue =
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly type: IntegerType; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly type: 7 | 8; readonly value: Uint8Array }
  | ThriftList
  | ThriftStruct;
export interface ThriftList {
  readonly kind: 'list';
  readonly type: 9 | 10;
  readonly element: number;
  readonly items: readonly ThriftValue[];
}
export interface ThriftStruct {
  readonly kind: 'struct';
  readonly fields: ReadonlyMap<number, ThriftValue>;
}
export type IntegerType = 3 | 4 | 5 | 6;

/** The protocol's numbers of the types that need a name. In a struct's field header a boolean's type is its value. */
export const thriftTypes = { true: 1, false: 2, byte: 3, double: 7, bytes: 8, struct: 12 } as const;

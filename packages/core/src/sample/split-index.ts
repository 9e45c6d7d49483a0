/** One digit of a row's number: `(index // stride) % radix`. */
export interface Digit {
  readonly stride: bigint;
  readonly radix: bigint;
}

/** Shares rows out over columns that are distinct together, as evenly as their sizes allow: each has at most so many values as its size. */
export function splitIndex(sizes: readonly bigint[], rows: bigint): { readonly digits: readonly Digit[]; readonly rows: bigint } {
  const bySize = sizes.map((size, place) => ({ size, place })).toSorted((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
  const digits: Digit[] = [];
  let stride = 1n;
  for (const [done, { size, place }] of bySize.entries()) {
    const rest = (rows + stride - 1n) / stride;
    const share = rows < 1n ? 1n : done === bySize.length - 1 ? rest : BigInt(Math.ceil(Number(rest) ** (1 / (bySize.length - done))));
    const radix = share < size ? share : size;
    digits[place] = { stride, radix };
    stride *= radix;
  }
  return { digits, rows: stride < rows ? stride : rows };
}

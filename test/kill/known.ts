import { deepStrictEqual } from 'node:assert/strict';
import { type Content, contentAt, TABLES, type TownTable, type View } from '../fixtures/town.ts';

/** What all readers together know: which version of each table they have seen last, and which one is being built. */
export interface Known {
  /** A version that a read which begins now must see at least; 0 before the first. */
  seen(table: TownTable): number;
  /** A version that may be seen by now. */
  built(table: TownTable): number;
  begin(table: TownTable): number;
  /** Checks what a read saw that began when `least` had been seen; throws where it is a mixture, or older. Returns its version. */
  check(read: { readonly table: TownTable; readonly view: View; readonly least: number; readonly content: Content | undefined }): number;
  readonly reads: number;
}

export function createKnown(): Known {
  const seen = new Map<TownTable, number>(TABLES.map((table) => [table, 0]));
  const built = new Map<TownTable, number>(TABLES.map((table) => [table, 0]));
  let reads = 0;
  const known: Known = {
    seen: (table) => seen.get(table) ?? 0,
    built: (table) => built.get(table) ?? 0,
    begin: (table) => {
      built.set(table, known.built(table) + 1);
      return known.built(table);
    },
    check: ({ table, view, least, content }) => {
      const version = Math.max(0, ...(content ?? []).map((each) => each.version));
      if (version < least || version > known.built(table))
        throw new Error(`${table}: version ${version} was read where one from ${least} to ${known.built(table)} may be`);
      deepStrictEqual(content ?? [], version === 0 ? [] : contentAt(table, version, view), `${table}: a mixture was read`);
      seen.set(table, Math.max(known.seen(table), version));
      reads += 1;
      return version;
    },
    get reads() {
      return reads;
    },
  };
  return known;
}

import { type DocumentKey, type DocumentKind, formatKey } from '@hanse/core/document/document.ts';
import type { StoredDocument, Transaction } from './store.ts';

type State = ReadonlyMap<string, StoredDocument>;

/** What a store must be equal to: every state it ever had, whole, in memory. */
export interface ReferenceModel {
  /** The new sequence, or the first expectation that does not hold. */
  transact(transaction: Transaction): number | { readonly key: DocumentKey; readonly found: number | 'absent' };
  list(kind: DocumentKind, asOf: number): readonly StoredDocument[];
  head(): number;
}

export function createReferenceModel(): ReferenceModel {
  const states: State[] = [new Map()];
  const stateAt = (asOf: number): State => states[Math.min(asOf, states.length - 1)] ?? new Map();
  return {
    transact({ writes, expect = [] }) {
      const before = stateAt(states.length - 1);
      for (const { kind, id, version } of expect) {
        const found = before.get(formatKey({ kind, id }))?.version ?? 'absent';
        if (found !== version) return { key: { kind, id }, found };
      }
      const after = new Map(before);
      const version = states.length;
      for (const write of writes) {
        const { kind, id } = write;
        if (write.op === 'remove') after.delete(formatKey(write));
        else after.set(formatKey(write), { kind, id, version, home: write.home, body: write.body });
      }
      states.push(after);
      return version;
    },
    list: (kind, asOf) =>
      [...stateAt(asOf).values()].filter((found) => found.kind === kind).toSorted((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))),
    head: () => states.length - 1,
  };
}

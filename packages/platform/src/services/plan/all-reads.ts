import type { ReadRecord, Store } from '../../store/store.ts';

const PAGE = 10_000;

/** The whole read log, oldest first. */
export async function allReads(store: Pick<Store, 'reads'>): Promise<readonly ReadRecord[]> {
  const found: ReadRecord[] = [];
  for (;;) {
    const page = await store.reads({ after: found.length, limit: PAGE });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}

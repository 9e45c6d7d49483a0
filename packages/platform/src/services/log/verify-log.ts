import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';
import type { Store } from '../../store/store.ts';

const PAGE = 1_000;

/**
 * Walks the chains. Newest entries that were cut off together with the head's own row leave a whole, shorter chain: `head`,
 * a hash that somebody noted earlier and elsewhere, must still be in it.
 */
export async function verifyLog(store: Pick<Store, 'verify' | 'head' | 'log'>, { head }: OperationInput<'verifyLog'>): Promise<OperationOutput<'verifyLog'>> {
  const findings = [...(await store.verify())];
  const entries = await store.head();
  if (head !== undefined && !(await holds(store, head))) findings.push(lost(head, entries));
  return { entries, head: await headHash(store), findings: findings.map((finding) => ({ ...finding })) };
}

/** The hash of the newest entry; empty before the first. */
export async function headHash(store: Pick<Store, 'head' | 'log'>): Promise<string> {
  const [newest] = await store.log({ after: Math.max(0, (await store.head()) - 1), limit: 1 });
  return newest?.hash ?? '';
}

async function holds(store: Pick<Store, 'head' | 'log'>, hash: string): Promise<boolean> {
  for (let to = await store.head(); to > 0; to -= PAGE) {
    const after = Math.max(0, to - PAGE);
    if ((await store.log({ after, limit: to - after })).some((entry) => entry.hash === hash)) return true;
  }
  return false;
}

function lost(head: string, entries: number): Finding {
  const message = `no entry of the log has the hash ${head}: entries after number ${entries} were cut off, or the log was written anew`;
  return { code: 'store.chain', severity: 'error', ref: `log/${entries}`, message, hint: 'Keep a copy for inquiry and restore a backup; or the hash is of another mesh.' };
}

import type { Principal } from '@hanse/core/access/principal.ts';
import type { OperationInput, OperationOutput } from '@hanse/core/api/operations.ts';
import { type Finding, isError } from '@hanse/core/finding/finding.ts';
import type { Store } from '../../store/store.ts';

const PAGE = 1_000;

/**
 * Walks the chains. Newest entries that were cut off together with the head's own row leave a whole, shorter chain: `head`,
 * a hash that somebody noted earlier and elsewhere, must still be in it. Findings name documents of all domains: others than
 * the operator are told whether everything holds.
 */
export async function verifyLog(
  store: Pick<Store, 'verify' | 'head' | 'log'>,
  principal: Principal,
  { head }: OperationInput<'verifyLog'>,
): Promise<OperationOutput<'verifyLog'>> {
  const found = await store.verify();
  const findings = principal.kind === 'operator' ? [...found] : found.filter(isError).slice(0, 1).map(broken);
  const entries = await store.head();
  if (head !== undefined && !(await holds(store, head))) findings.push(lost(head, entries));
  return { entries, head: await headHash(store), findings: findings.map((finding) => ({ ...finding })) };
}

function broken({ code, severity }: Finding): Finding {
  return { code, severity, message: 'what the mesh remembers does not verify', hint: 'Tell whoever runs the mesh: hanse log verify says where.' };
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
  return {
    code: 'store.chain',
    severity: 'error',
    ref: `log/${entries}`,
    message,
    hint: 'Keep a copy for inquiry and restore a backup; or the hash is of another mesh.',
  };
}

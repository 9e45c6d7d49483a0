import { UserError } from '../../error.ts';
import type { Store } from '../../store/store.ts';

/** The log number that an *as of* means: the number itself, or the last one at that time. A day counts to its end. */
export async function sequenceOf(store: Pick<Store, 'head' | 'sequenceAt'>, asOf: string): Promise<number> {
  const head = await store.head();
  const sequence = /^\d{1,15}$/.test(asOf) ? Number(asOf) : await store.sequenceAt(timeOf(asOf));
  if (sequence > 0 && sequence <= head) return sequence;
  throw new UserError('missing', `as of ${asOf} there is nothing: the log goes from 1 to ${head}`, 'Name a later moment; hanse log lists them.');
}

function timeOf(text: string): string {
  const time = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new UserError('usage', `${JSON.stringify(text)} is no day, time or log number`, 'As in 2026-01-31, 2026-01-31T12:00:00Z or 1042.');
}

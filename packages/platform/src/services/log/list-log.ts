import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Acceptance } from '@hanse/core/change/judge-change.ts';
import { type DocumentKey, formatKey } from '@hanse/core/document/document.ts';
import { objectOf, textOf } from '@hanse/core/document/json.ts';
import { isMember } from '@hanse/core/mesh/mesh.ts';
import { parseRef } from '@hanse/core/ref/ref.ts';
import type { LogEntry } from '../../store/store.ts';
import { OVERRIDDEN } from '../plan/apply-plan.ts';
import { isSide } from '../agreement/list-agreements.ts';
import { storedValue } from '../mesh/stored-value.ts';
import type { MeshNow, Platform } from '../platform.ts';

type Needs = Pick<Platform, 'store' | 'meshes'>;

const PAGE = 500;
/** Entries that one call looks through for those of its caller. */
const MOST = 10_000;

/**
 * The log as it concerns the caller: whoever runs the mesh sees all of it; a person what they did themselves, and what was
 * done to documents of their domains and to agreements that they are a side of. Without `after`, the newest.
 */
export async function listLog(
  platform: Needs,
  principal: Principal,
  { after, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<OperationOutput<'log'>> {
  const now = await platform.meshes.current();
  const found: LogEntry[] = [];
  const head = await platform.store.head();
  const isForward = after !== undefined;
  let [from, to] = isForward ? [after, Math.min(head, after + MOST)] : [Math.max(0, head - MOST), head];
  let upTo = isForward ? from : head;
  while (from < to && found.length < limit) {
    const start = isForward ? from : Math.max(from, to - PAGE);
    const page = await platform.store.log({ after: start, limit: Math.min(PAGE, to - start) });
    for (const entry of isForward ? page : page.toReversed()) {
      const seen = await asSeen(platform, { now, principal }, entry);
      if (seen !== undefined && found.length < limit) found.push(seen);
      if (isForward && found.length < limit) upTo = entry.sequence;
    }
    if (isForward) from = start + PAGE;
    else to = start;
  }
  if (isForward) upTo = found.length < limit ? Math.min(to, head) : (found.at(-1)?.sequence ?? upTo);
  const entries = isForward ? found : found.toReversed();
  return {
    entries: entries.map(({ sequence, at, actor, intent, reason, hash, writes }) => ({
      sequence,
      at,
      actor,
      intent,
      reason,
      hash,
      documents: writes.map(formatKey),
    })),
    upTo,
  };
}

interface View {
  readonly now: MeshNow;
  readonly principal: Principal;
}

/** An entry with the documents that concern the caller; undefined where none does. */
async function asSeen(platform: Needs, view: View, entry: LogEntry): Promise<LogEntry | undefined> {
  const { principal } = view;
  if (principal.kind === 'operator') return entry;
  if (principal.kind !== 'person') return undefined;
  const { username } = principal;
  if (entry.actor === formatActor({ kind: 'person', username }) || entry.actor.startsWith(`${username} (by operator `)) return entry;
  const writes: LogEntry['writes'][number][] = [];
  for (const write of entry.writes)
    if (await concerns(platform, view, { ...write, version: write.op === 'put' ? entry.sequence : entry.sequence - 1 })) writes.push(write);
  if (writes.length === 0) return undefined;
  // Whom a change broke is told to those whom the whole of it concerns.
  return writes.length === entry.writes.length ? entry : { ...entry, writes, reason: entry.reason.split(OVERRIDDEN)[0] ?? '' };
}

async function concerns({ store }: Needs, { now, principal }: View, document: DocumentKey & { readonly version: number }): Promise<boolean> {
  if (principal.kind !== 'person') return false;
  const { kind, id, version } = document;
  const agreement = kind === 'agreement' ? now.mesh.agreements.get(id) : undefined;
  if (agreement !== undefined) return isSide(now, principal, agreement);
  if (kind === 'acceptance') return acceptanceConcerns(store, { now, principal }, document);
  if (kind === 'token' || kind === 'collection') return false;
  const domain = domainNow(now, document) ?? domainIn((await store.read({ kind, id }, version))?.body);
  return domain !== undefined && isMember(now.mesh.domains.get(domain), principal.username);
}

async function acceptanceConcerns(
  store: Needs['store'],
  { now, principal }: View,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  const stored = await store.read({ kind: 'acceptance', id }, version);
  const agreement = stored === undefined ? undefined : now.mesh.agreements.get(storedValue<Acceptance>(stored).agreement);
  return agreement !== undefined && isSide(now, principal, agreement);
}

function domainNow({ mesh, tables }: MeshNow, { kind, id }: DocumentKey): string | undefined {
  if (kind === 'domain') return id;
  if (kind === 'product' || kind === 'build') return mesh.products.get(id)?.domain;
  if (kind === 'contract') return mesh.contracts.get(id)?.domain;
  return kind === 'run' ? undefined : tables.find((table) => table.id === id)?.domain;
}

/** Of a document that is no more, or that names what it is about by a ref. */
function domainIn(body: Parameters<typeof objectOf>[0]): string | undefined {
  const value = objectOf(objectOf(body)['value']);
  return textOf(objectOf(body)['domain']) ?? textOf(value['domain']) ?? parseRef(textOf(value['ref']) ?? '')?.domain;
}

import { formatActor, type Principal } from '@hanse/core/access/principal.ts';
import type { RunAnswer } from '@hanse/core/api/shapes.ts';
import { canonicalJson } from '@hanse/core/document/document.ts';
import { ExternalError, UserError } from '../../error.ts';
import type { Expectation, Lease, Transaction, TransactResult, Write } from '../../store/store.ts';
import { bodyOf } from '../mesh/stored-value.ts';
import type { Platform } from '../platform.ts';

/** A run as it is kept. */
export interface StoredRun extends RunAnswer {
  /** When it began; ISO 8601 in UTC. */
  readonly at: string;
  /** The lease that it writes under, with its fencing number. */
  readonly lease: Pick<Lease, 'name' | 'number'>;
}

/** What a run commits together with its outcome. */
export interface RunCommit {
  readonly intent: string;
  readonly reason: string;
  readonly writes: readonly Write[];
  readonly expect: readonly Expectation[];
}

/** The document of one run: what it intends, then how it ended. */
export interface RunRecord {
  readonly id: string;
  readonly startedAt: string;
  /** Step 1 of a publish; `UserError` conflict where the lease is no longer held. */
  intend(answer: RunAnswer): Promise<void>;
  /** The outcome and what goes with it, all or nothing, under the lease; another's write in the way is returned. */
  commit(answer: RunAnswer, commit: RunCommit): Promise<TransactResult>;
  /** An outcome without effect on any table. Changes nothing where the run had committed, or was given up for lost. */
  end(answer: RunAnswer): Promise<void>;
}

export interface RunRequest {
  readonly principal: Principal;
  readonly lease: Lease;
  /** How messages name what is built. */
  readonly ref: string;
}

const ATTEMPTS = 3;

/** Opens the record of a new run; nothing is written yet. */
export function openRunRecord({ store, clock, newId }: Pick<Platform, 'store' | 'clock' | 'newId'>, { principal, lease, ref }: RunRequest): RunRecord {
  const key = { kind: 'run', id: newId() } as const;
  const startedAt = clock.now();
  const { name, number } = lease;
  let version: number | 'absent' = 'absent';

  function transactionOf(answer: RunAnswer, { intent, reason, writes, expect }: RunCommit): Transaction {
    const run: StoredRun = { ...answer, at: startedAt, lease: { name, number } };
    const put: Write = { op: 'put', ...key, home: { kind: 'mesh' }, body: bodyOf(run) };
    return { actor: formatActor(principal), intent, reason, writes: [put, ...writes], expect: [...expect, { ...key, version }] };
  }

  /** An answer that was lost is not guessed: asked again, the transaction is refused by its own expectations if it happened. */
  async function send(transaction: Transaction): Promise<TransactResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await store.transact(transaction);
        const happened = result.kind === 'committed' || attempt === 1 ? undefined : await entryOf(transaction);
        if (result.kind === 'committed') version = result.entry.sequence;
        return happened ?? result;
      } catch (error) {
        if (!(error instanceof ExternalError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async function entryOf({ writes: [put] }: Transaction): Promise<TransactResult | undefined> {
    const stored = await store.read(key);
    if (stored === undefined || put?.op !== 'put' || canonicalJson(stored.body) !== canonicalJson(put.body)) return undefined;
    version = stored.version;
    const [entry] = await store.log({ after: version - 1, limit: 1 });
    return entry === undefined ? undefined : { kind: 'committed', entry };
  }

  return {
    id: key.id,
    startedAt,
    intend: async (answer) => {
      const result = await send({ ...transactionOf(answer, outcomeOf(answer)), fence: { lease: name, number } });
      if (result.kind !== 'committed') throw noEffect(ref, result);
    },
    commit: (answer, commit) => send({ ...transactionOf(answer, commit), fence: { lease: name, number } }),
    end: async (answer) => {
      await send(transactionOf(answer, outcomeOf(answer)));
    },
  };
}

function outcomeOf({ outcome, message }: RunAnswer): RunCommit {
  return { intent: `run.${outcome}`, reason: message, writes: [], expect: [] };
}

/** Says why a run that could not commit had no effect. */
export function noEffect(ref: string, result: Exclude<TransactResult, { readonly kind: 'committed' }>): UserError {
  const lost = result.kind === 'fenced' || result.key.kind === 'run';
  const why = lost ? 'the run slept beyond its lease' : 'another run published first';
  return new UserError('conflict', `${ref}: ${why}; this one had no effect`, 'Build again.');
}

import { ExternalError, UserError } from '../../error.ts';

export interface TurnSizes {
  /** Turns at a time, of all owners. */
  readonly turns: number;
  /** Turns that one owner may hold at a time. */
  readonly perOwner: number;
  /** Who may wait; one more is refused. */
  readonly queued: number;
  readonly queuedPerOwner: number;
  /** How long one may wait. */
  readonly waitMs: number;
}

/** `key`: of an owner's own, those go first that need what was just given back, within bounds. */
export interface TurnRequest {
  readonly owner: string;
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting extends Omit<TurnRequest, 'signal'> {
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
  passedOver: number;
}

/** Of one owner, the first in line waits at most for so many later ones that need what was given back. */
const maxPassedOver = 16;

/**
 * Hands out turns so that no owner makes another wait for more than one turn of each: who holds fewest goes first, then who
 * has had no turn for longest. Refuses with `UserError`: `throttled` where the owner's own statements are in the way, else `busy`.
 */
export class TurnQueue {
  /** What turns are taken at, in messages. */
  readonly #what: string;
  readonly #sizes: TurnSizes;
  readonly #owners = new Map<string, { held: number; lastTurn: number }>();
  #waiting: readonly Waiting[] = [];
  #taken = 0;
  #turn = 0;

  constructor(what: string, sizes: TurnSizes) {
    this.#what = what;
    this.#sizes = sizes;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Waits for a turn; each is given back with `leave`. */
  async enter(request: TurnRequest): Promise<void> {
    const { owner, key, signal } = request;
    if (this.#mayGo(owner) && this.#taken < this.#sizes.turns) return this.#take(owner);
    this.#admit(owner);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { owner, key, grant: resolve, refuse: reject, passedOver: 0 };
    const giveUp = (error: Error): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(error);
    };
    const onAbort = (): void => giveUp(new ExternalError(`The query was cancelled while it waited for one of the ${this.#what}.`, { cause: signal?.reason }));
    const { waitMs } = this.#sizes;
    const patience = Number.isFinite(waitMs)
      ? setTimeout(() => giveUp(this.#refusal(owner, `The statement waited ${waitMs / 1_000} s for one of the ${this.#what}`)), waitMs)
      : undefined;
    this.#waiting = [...this.#waiting, waiting];
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      await promise;
    } finally {
      clearTimeout(patience);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  leave(owner: string, key: string | undefined): void {
    this.#release(owner);
    const next = this.#next(key);
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    this.#take(next.owner);
    next.grant();
  }

  refuseAll(error: Error): void {
    for (const { refuse } of this.#waiting) refuse(error);
    this.#waiting = [];
  }

  #mayGo(owner: string): boolean {
    return (this.#owners.get(owner)?.held ?? 0) < this.#sizes.perOwner;
  }

  #admit(owner: string): void {
    const { queued, queuedPerOwner } = this.#sizes;
    const own = this.#waiting.filter((waiting) => waiting.owner === owner).length;
    if (own >= queuedPerOwner) throw this.#refusal(owner, `${own} statements of yours wait already for one of the ${this.#what}`);
    if (this.#waiting.length >= queued)
      throw new UserError('busy', `All ${this.#sizes.turns} ${this.#what} are taken and ${queued} statements wait.`, 'Try again in a moment.');
  }

  #refusal(owner: string, what: string): UserError {
    const held = this.#owners.get(owner)?.held ?? 0;
    if (held === 0) return new UserError('busy', `${what}: all ${this.#sizes.turns} are taken by others.`, 'Try again in a moment.');
    return new UserError(
      'throttled',
      `${what}; ${held} of yours, of at most ${this.#sizes.perOwner}, ${held === 1 ? 'is' : 'are'} being answered.`,
      'Wait for the answers before you ask for more, or cancel what you no longer need.',
    );
  }

  #take(owner: string): void {
    this.#taken += 1;
    this.#turn += 1;
    this.#owners.set(owner, { held: (this.#owners.get(owner)?.held ?? 0) + 1, lastTurn: this.#turn });
  }

  #release(owner: string): void {
    this.#taken -= 1;
    const known = this.#owners.get(owner);
    if (known === undefined) return;
    known.held -= 1;
    if (known.held === 0 && !this.#waiting.some((waiting) => waiting.owner === owner)) this.#owners.delete(owner);
  }

  #next(key: string | undefined): Waiting | undefined {
    const owners = new Set(this.#waiting.map(({ owner }) => owner).filter((owner) => this.#mayGo(owner)));
    const [owner] = [...owners].toSorted((a, b) => this.#rank(a).held - this.#rank(b).held || this.#rank(a).lastTurn - this.#rank(b).lastTurn);
    const line = this.#waiting.filter((waiting) => waiting.owner === owner);
    const [first] = line;
    if (first === undefined || first.passedOver >= maxPassedOver) return first;
    const next = line.find((waiting) => waiting.key === key) ?? first;
    if (next !== first) first.passedOver += 1;
    return next;
  }

  #rank(owner: string): { readonly held: number; readonly lastTurn: number } {
    return this.#owners.get(owner) ?? { held: 0, lastTurn: 0 };
  }
}

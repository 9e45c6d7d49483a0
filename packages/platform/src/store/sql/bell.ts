/** Wakes those who wait for new entries. */
export interface Bell {
  /** Counts the rings: take it before looking, hand it to `wait`, and no ring between is missed. */
  readonly count: number;
  ring(): void;
  /** Returns at the next ring after `count`, after the poll time where there is one, or on abort. */
  wait(count: number, signal: AbortSignal): Promise<void>;
}

/** `pollMs` is for stores that other processes write too. */
export function createBell(pollMs?: number): Bell {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    ring() {
      count += 1;
      for (const wake of waiting) wake();
    },
    wait(seen, signal) {
      if (seen !== count || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = pollMs === undefined ? undefined : setTimeout(wake, pollMs);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        }
      });
    },
  };
}

/** Runs at most one piece of work per key at a time; who comes meanwhile waits for the same result. */
export interface SingleFlight<T> {
  /** The work is aborted once everybody who waits for it has aborted. */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

export function singleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const result = work(abort.signal).finally(() => {
      if (flights.get(key)?.abort === abort) flights.delete(key);
    });
    const flight = { result, abort, waiting: 0 };
    flights.set(key, flight);
    return flight;
  }

  return {
    async run(key, work, signal) {
      signal?.throwIfAborted();
      const found = flights.get(key);
      const flight = found === undefined || found.abort.signal.aborted ? start(key, work) : found;
      flight.waiting += 1;
      try {
        return await orAborted(flight.result, signal);
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0) flight.abort.abort();
      }
    },
  };
}

async function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What was read from files that never change, by their address: what was used last stays, within a bound. */
export interface ImmutableCache<T> {
  read(address: string, load: () => Promise<T>): Promise<T>;
}

/** Keeps values whose weights sum up to `limit` at most. */
export function createImmutableCache<T>(limit: number, weigh: (value: T) => number): ImmutableCache<T> {
  const kept = new Map<string, T>();
  let weight = 0;
  const drop = (address: string, value: T) => {
    weight -= weigh(value);
    kept.delete(address);
  };
  return {
    async read(address, load) {
      const before = kept.get(address);
      const value = before ?? (await load());
      const raced = kept.get(address);
      if (raced !== undefined) drop(address, raced);
      kept.set(address, value);
      weight += weigh(value);
      for (const [oldest, other] of kept) {
        if (weight <= limit) break;
        drop(oldest, other);
      }
      return value;
    },
  };
}

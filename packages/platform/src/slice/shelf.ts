/** The slices at hand and how many bytes they may take together. */
export interface Shelf {
  /** Counts a user, so that the slice is not evicted; also one that is still to be built. */
  lease(name: string): Disposable;
  /** Waits until an eviction of this name, if one is under way, is done. */
  settled(name: string): Promise<void>;
  put(name: string, bytes: number): void;
  bytesOf(name: string): number | undefined;
  /** Removes a slice although it may be in use. */
  remove(name: string): Promise<void>;
  names(): readonly string[];
  /** Removes the least recently used ones, none in use, until the rest is within the budget. */
  evict(): Promise<void>;
}

export function openShelf(budgetBytes: number, removeFile: (name: string) => Promise<void>): Shelf {
  /** In the order of last use. */
  const slices = new Map<string, number>();
  const leases = new Map<string, number>();
  const removals = new Map<string, Promise<void>>();

  function count(name: string, change: 1 | -1): void {
    const left = (leases.get(name) ?? 0) + change;
    if (left === 0) leases.delete(name);
    else leases.set(name, left);
  }

  function remove(name: string): Promise<void> {
    slices.delete(name);
    const removal = removeFile(name).finally(() => removals.delete(name));
    removals.set(name, removal);
    return removal;
  }

  return {
    lease(name) {
      count(name, 1);
      let open = true;
      const release = () => {
        if (open) count(name, -1);
        open = false;
      };
      return { [Symbol.dispose]: release };
    },
    settled: (name) => removals.get(name) ?? Promise.resolve(),
    put(name, bytes) {
      slices.delete(name);
      slices.set(name, bytes);
    },
    bytesOf: (name) => slices.get(name),
    remove,
    names: () => [...slices.keys()],
    async evict() {
      const total = [...slices.values()].reduce((sum, bytes) => sum + bytes, 0);
      let excess = total - budgetBytes;
      for (const [name, bytes] of slices) {
        if (excess <= 0) return;
        if (leases.has(name)) continue;
        excess -= bytes;
        await remove(name);
      }
    },
  };
}

import { readdirSync, readFileSync } from 'node:fs';

/** A clock tick of `/proc`, on every Linux that Node runs on. */
const tickMs = 10;
const sampleMs = 20;
const pageMiB = 4 / 1_024;

interface Ticks {
  /** CPU time of the process itself and of its children that have ended, in ms. */
  readonly own: number;
  readonly ended: number;
}

/** CPU time in ms that this process and everything it started have used; where there is no `/proc`, this process alone. */
export function treeCpuMs(): number {
  const { user, system } = process.cpuUsage();
  const others = descendants(process.pid).map(ticksOf);
  const below = others.reduce((sum, { own, ended }) => sum + own + ended, ticksOf(process.pid).ended);
  return (user + system) / 1_000 + below;
}

/**
 * Watches the memory of what is started from now on, or of this process and all that it started: what each has of its own,
 * and the most that one maps of files, which are mostly the same ones. (The exact figure, `Pss`, takes the kernel longer than a sample.) `stop` gives the peak in MiB, undefined where there is no `/proc`.
 */
export function watchMemory(whose: 'started' | 'all'): { readonly stop: () => number | undefined } {
  const before = new Set(whose === 'started' ? descendants(process.pid) : []);
  let peak: number | undefined;
  const sample = (): void => {
    const pids = [...descendants(process.pid).filter((pid) => !before.has(pid)), ...(whose === 'all' ? [process.pid] : [])];
    const found = pids.flatMap((pid) => memoryOf(pid) ?? []);
    const shared = Math.max(0, ...found.map((memory) => memory.shared));
    if (found.length > 0)
      peak = Math.max(
        peak ?? 0,
        found.reduce((sum, { own }) => sum + own, shared),
      );
  };
  sample();
  const timer = setInterval(sample, sampleMs);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}

function descendants(pid: number): readonly number[] {
  const children = threadsOf(pid).flatMap((thread) => textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** `/proc/<pid>/stat`: after the name in brackets, fields 12 to 15 are the times. */
function ticksOf(pid: number): Ticks {
  const fields = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const ms = (field: number): number => Number(fields[field] ?? 0) * tickMs;
  return { own: ms(11) + ms(12), ended: ms(13) + ms(14) };
}

interface Memory {
  readonly own: number;
  readonly shared: number;
}

function memoryOf(pid: number): Memory | undefined {
  const [, resident, shared] = textOf(`/proc/${pid}/statm`).split(' ').map(Number);
  return resident === undefined || shared === undefined ? undefined : { own: (resident - shared) * pageMiB, shared: shared * pageMiB };
}

/** A process may end while it is looked at. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

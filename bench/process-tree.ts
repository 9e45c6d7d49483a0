import { readdirSync, readFileSync } from 'node:fs';

/** A clock tick of `/proc`, on every Linux that Node runs on. */
const tickMs = 10;
const sampleMs = 20;
const kibPerMib = 1_024;

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
 * Watches the memory (proportional set size) of what is started from now on, or of this process and all that it started.
 * `stop` gives the peak in MiB, undefined where there is no `/proc`.
 */
export function watchMemory(whose: 'started' | 'all'): { readonly stop: () => number | undefined } {
  const before = new Set(whose === 'started' ? descendants(process.pid) : []);
  let peak: number | undefined;
  const sample = (): void => {
    const pids = [...descendants(process.pid).filter((pid) => !before.has(pid)), ...(whose === 'all' ? [process.pid] : [])];
    const sizes = pids.flatMap((pid) => residentMiB(pid) ?? []);
    if (sizes.length > 0) peak = Math.max(peak ?? 0, sizes.reduce((sum, size) => sum + size, 0));
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

function residentMiB(pid: number): number | undefined {
  const kib = /^Pss: +(\d+) kB$/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1];
  return kib === undefined ? undefined : Number(kib) / kibPerMib;
}

/** A process may end while it is looked at. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

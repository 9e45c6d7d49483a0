import { isDeepStrictEqual } from 'node:util';
import { treeCpuMs, watchMemory } from './process-tree.ts';

/** One of those compared in a case: ours, a peer, or a physical limit. */
export interface Contender {
  readonly name: string;
  /** Made ready before each round; not timed. */
  readonly prepare?: (round: number) => Promise<void>;
  /** Its answer: all that answer must answer alike. Nothing where there is nothing to compare. */
  readonly run: (round: number) => Promise<unknown>;
  /** The answer where `run` gives none and finding it out is not part of the work; not timed. */
  readonly answer?: () => Promise<unknown>;
}

export interface Timing {
  readonly name: string;
  /** Wall time of each round in ms. */
  readonly walls: readonly number[];
  readonly minMs: number;
  readonly medianMs: number;
  /** CPU time of one round in ms, on average; absent where it was not watched. */
  readonly cpuMs?: number;
  readonly peakMiB?: number;
}

export interface RoundOptions {
  readonly rounds: number;
  /** Whose CPU time and memory is watched: the processes that a run starts, these and those that are there, or nobody's (short runs). */
  readonly watch: 'started' | 'all' | 'nothing';
}

/** Runs the contenders by turns, A B A B, after one round that does not count. Throws where their answers differ: then no time is of use. */
export async function interleave(contenders: readonly Contender[], { rounds, watch }: RoundOptions): Promise<readonly Timing[]> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Run[]]));
  for (let round = 0; round <= rounds; round += 1) {
    const made = [];
    for (const contender of contenders) made.push({ contender, run: await runOnce(contender, round, watch) });
    expectEqual(made.map(({ contender, run }) => ({ name: contender.name, answer: run.answer })));
    if (round > 0) for (const { contender, run } of made) runs.get(contender.name)?.push(run);
  }
  return contenders.map(({ name }) => timingOf(name, runs.get(name) ?? []));
}

interface Run {
  readonly wallMs: number;
  readonly cpuMs: number | undefined;
  readonly peakMiB: number | undefined;
  readonly answer: unknown;
}

async function runOnce({ prepare, run, answer }: Contender, round: number, watch: RoundOptions['watch']): Promise<Run> {
  await prepare?.(round);
  const cpu = watch === 'nothing' ? undefined : treeCpuMs();
  const memory = watch === 'nothing' ? undefined : watchMemory(watch);
  const started = performance.now();
  const answered = await run(round);
  const wallMs = performance.now() - started;
  const cpuMs = cpu === undefined ? undefined : treeCpuMs() - cpu;
  const peakMiB = memory?.stop();
  return { wallMs, cpuMs, peakMiB, answer: answer === undefined ? answered : await answer() };
}

function expectEqual(answers: readonly { readonly name: string; readonly answer: unknown }[]): void {
  const [first, ...others] = answers.filter(({ answer }) => answer !== undefined);
  const different = others.find(({ answer }) => !isDeepStrictEqual(answer, first?.answer));
  if (first === undefined || different === undefined) return;
  throw new Error(`${first.name} and ${different.name} answer differently: ${excerpt(first.answer)} and ${excerpt(different.answer)}`);
}

function excerpt(answer: unknown): string {
  return JSON.stringify(answer)?.slice(0, 300) ?? String(answer);
}

export function timingOf(name: string, runs: readonly Pick<Run, 'wallMs' | 'cpuMs' | 'peakMiB'>[]): Timing {
  const walls = runs.map(({ wallMs }) => wallMs);
  const cpu = runs.flatMap(({ cpuMs }) => cpuMs ?? []);
  const peaks = runs.flatMap(({ peakMiB }) => peakMiB ?? []);
  return {
    name,
    walls,
    minMs: Math.min(...walls),
    medianMs: median(walls),
    ...(cpu.length > 0 && { cpuMs: cpu.reduce((sum, ms) => sum + ms, 0) / cpu.length }),
    ...(peaks.length > 0 && { peakMiB: Math.max(...peaks) }),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

// Measures what Hanse promises to be quick at, beside the physical limits and the peers: `npm run bench [-- --quick] [-- <name> ...]`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { append } from './append.ts';
import { appendCheck } from './append-check.ts';
import { base } from './base.ts';
import type { Benchmark } from './benchmark.ts';
import { contract } from './contract.ts';
import { firstAnswer } from './first-answer.ts';
import { governedQuery } from './governed-query.ts';
import { large } from './large.ts';
import { publish } from './publish.ts';
import { renderHead, versions, writeReport } from './report.ts';
import { slice } from './slice.ts';
import { startUp } from './start-up.ts';
import { renderBenchmark } from './table.ts';
import { wideContract } from './wide-contract.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  'start-up': startUp,
  'first-answer': firstAnswer,
  publish,
  query: governedQuery,
  slice,
  append,
  'append-check': appendCheck,
  contract,
  base,
  wide: wideContract,
  large,
};

/** They take too long for a run of all. */
const onlyByName: ReadonlySet<string> = new Set(['wide', 'large']);

const words = process.argv.slice(2);
const quick = words.includes('--quick');
const named = words.filter((word) => !word.startsWith('--'));
const unknown = [...named.filter((name) => !(name in benchmarks)), ...words.filter((word) => word.startsWith('--') && word !== '--quick')];

if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: no such benchmark or option. Known: ${Object.keys(benchmarks).join(', ')}, --quick.`);
  process.exitCode = 2;
} else {
  await runAll();
}

async function runAll(): Promise<void> {
  const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url));
  await mkdir(cache, { recursive: true });
  const scale = { quick, rounds: quick ? 1 : 5, cache, work: await mkdtemp(join(cache, 'run-')) };
  const about = await versions();
  const texts = [renderHead(about)];
  const results: Record<string, unknown> = {};
  console.log(texts[0]);
  try {
    for (const [name, benchmark] of Object.entries(benchmarks)) {
      if (named.length > 0 ? !named.includes(name) : onlyByName.has(name)) continue;
      const cases = await benchmark.run(scale);
      const text = renderBenchmark(benchmark, cases);
      console.log(`\n${text}`);
      texts.push(text);
      results[name] = cases;
    }
    await writeReport({ about, results, text: texts.join('\n\n'), publish: !quick && named.length === 0 });
  } finally {
    await rm(scale.work, { recursive: true, force: true });
  }
}

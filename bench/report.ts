import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import duckdb from '@duckdb/node-bindings';

const results = new URL('results/', import.meta.url);
const page = new URL('../docs/benchmarks.md', import.meta.url);

/** What a result depends on. */
export type Versions = Readonly<Record<string, string>>;

export async function versions(): Promise<Versions> {
  const { version } = JSON.parse(await readFile(new URL('../packages/platform/package.json', import.meta.url), 'utf8'));
  return {
    date: new Date().toISOString().slice(0, 10),
    hanse: String(version),
    node: process.versions.node,
    duckdb: duckdb.library_version(),
    system: `${process.platform} ${process.arch} ${release()}`,
    cores: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}

export function renderHead(about: Versions): string {
  return [
    '# Benchmarks',
    'What the last whole run of `npm run bench` printed. Contenders take turns in one run (A B A B), after one round that does not count; where their answers differ, no time is printed. ' +
      'Absolute times are this machine’s; ratios travel. CPU is of all processes together, per round; memory is the peak of all processes together, with the files they map counted once.',
    Object.entries(about)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n'),
  ].join('\n\n');
}

export interface Report {
  readonly about: Versions;
  readonly results: unknown;
  readonly text: string;
  /** Also makes it the page in docs. */
  readonly publish: boolean;
}

export async function writeReport(report: Report): Promise<void> {
  await mkdir(results, { recursive: true });
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, results);
  await writeFile(file, `${JSON.stringify({ versions: report.about, results: report.results }, undefined, 2)}\n`);
  if (report.publish) await writeFile(page, `${report.text}\n`);
  console.log(`\nWritten: ${fileURLToPath(file)}${report.publish ? ` and ${fileURLToPath(page)}` : ''}`);
}

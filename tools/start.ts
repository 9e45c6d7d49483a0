// The sample mesh, built, checked, governed and served: what `npm start` runs.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createApi } from 'hanse/services/mesh-api.ts';
import { createTerminal } from 'hanse/cli/terminal.ts';
import { renderRun } from 'hanse/cli/commands/build.ts';
import { renderFinding } from 'hanse/cli/render/plan.ts';
import { listenAddress, readSettings } from 'hanse/config.ts';
import { ExternalError, UserError } from 'hanse/error.ts';
import { type OpenPlatform, openPlatform } from 'hanse/open-platform.ts';
import { serveMesh } from 'hanse/serve.ts';
import { runSchedules } from 'hanse/services/schedule/run-schedules.ts';
import { principalOf } from 'hanse/services/token/tokens.ts';
import { openFolderTree } from 'hanse/tree/folder/open.ts';
import { readMeshFile } from 'hanse/tree/read-mesh-file.ts';
import { readTreeFiles } from 'hanse/tree/read-tree-files.ts';

const folder = 'examples/airline';
const environment = { VEGA_DATASETS: resolve('node_modules/vega-datasets/data'), ...process.env };
const people = [
  { name: 'ann', is: 'owns operations: every flight', sql: 'select count(*) as flights from operations.flights' },
  { name: 'mia', is: 'an analyst in marketing, in role west-coast: only those flights', sql: 'select count(*) as flights from operations.flights' },
  {
    name: 'fred',
    is: 'an analyst in finance: no flights, but what delay costs',
    sql: 'select city, round(sum(running_usd + care_usd)) as usd from finance.delay_cost group by city order by usd desc limit 5',
  },
];

const terminal = createTerminal(false);
const parts: (readonly [string, number])[] = [];

try {
  await start();
} catch (error) {
  if (!(error instanceof UserError || error instanceof ExternalError)) throw error;
  console.error(`error: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const meshFile = await readMeshFile(folder);
  const settings = readSettings({ flags: { folder }, environment, file: { ...meshFile } });
  await using open = await timed('open', () => openPlatform({ settings, meshFile, environment }));
  await timed('apply', () => applyDocuments(open));
  await timed('build', () => build(open));
  const tokens = await tokensFor(open, resolve(folder, settings.storage, 'demo-tokens.json'));
  const server = await timed('serve', () => listen(open, listenAddress(settings)));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const schedules = runSchedules(open.platform, stop.signal);
  greet(server.url, tokens);
  await new Promise((done) => stop.signal.addEventListener('abort', done, { once: true }));
  await Promise.all([server.close(), schedules]);
}

async function timed<Value>(part: string, work: () => Promise<Value>): Promise<Value> {
  const started = performance.now();
  const value = await work();
  parts.push([part, performance.now() - started]);
  return value;
}

async function applyDocuments(open: OpenPlatform): Promise<void> {
  const api = createApi(open.platform, { kind: 'operator', username: 'npm start' });
  const plan = await api.plan({ tree: await readTreeFiles(await openFolderTree(folder, 'airline')) });
  for (const finding of plan.findings) terminal.line(renderFinding(finding, terminal));
  if (plan.steps.length > 0) await api.apply({ plan, reason: 'npm start', override: true });
  terminal.line(plan.steps.length > 0 ? `Applied ${plan.steps.length} documents.` : 'The documents are as they were.');
}

async function build(open: OpenPlatform): Promise<void> {
  const api = createApi(open.platform, { kind: 'operator', username: 'npm start' });
  const { runs } = await api.build({}, { progress: terminal.progress });
  for (const run of runs.filter(({ outcome }) => outcome !== 'unchanged')) terminal.line(renderRun(run, terminal));
  const unchanged = runs.filter(({ outcome }) => outcome === 'unchanged').length;
  if (unchanged > 0) terminal.line(`${unchanged} tables are as they were built before.`);
}

/** The same tokens as last time, while they are good. */
async function tokensFor({ platform }: OpenPlatform, path: string): Promise<ReadonlyMap<string, string>> {
  const kept: Record<string, string> = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : {};
  const api = createApi(platform, { kind: 'operator', username: 'npm start' });
  const tokens = new Map<string, string>();
  for (const { name } of people) {
    const known = kept[name];
    const isGood = known !== undefined && (await principalOf(platform, known)) !== undefined;
    tokens.set(name, isGood ? known : (await api.createToken({ username: name, days: 30 })).token);
  }
  await writeFile(path, JSON.stringify(Object.fromEntries(tokens)), { mode: 0o600 });
  return tokens;
}

/** At the usual place, else at a free one. */
async function listen(open: OpenPlatform, address: { readonly host: string; readonly port: number }) {
  const options = { ...address, version: '0.1.0', operator: 'npm start' };
  return serveMesh(open, options).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'busy') return serveMesh(open, { ...options, port: 0 });
    throw error;
  });
}

function greet(url: string, tokens: ReadonlyMap<string, string>): void {
  const took = parts.map(([part, ms]) => `${part} ${(ms / 1000).toFixed(1)} s`).join(', ');
  terminal.line(`\nThe airline is up at ${url}  (${took})\n`);
  terminal.line(`  products   curl -H "authorization: Bearer ${tokens.get('ann')}" ${url}/api/products`);
  terminal.line(`  OpenAPI    ${url}/api/openapi.json\n`);
  terminal.line('Ask as three people, in another terminal in this folder:\n');
  for (const { name, is, sql } of people) {
    terminal.line(`  # ${name} ${is}`);
    terminal.line(`  npx hanse query "${sql}" --folder ${folder} --token ${tokens.get(name)}\n`);
  }
  terminal.line('End it with Ctrl-C; the next start takes a second.');
}

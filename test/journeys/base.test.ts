import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { operations } from '@hanse/core/api/operations.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitEnvironment } from '../fixtures/git-folder.ts';
import { masked, type MeshFolder, openAirline, type Ran } from './mesh-folder.ts';

/** The producer's part of the airline: a repository that holds operations and nothing of its consumers. */
let mesh: MeshFolder;
let clone = '';
const CONTRACT = 'operations/flights/flights.odcs.yaml';
const SQL = 'operations/flights/flights.sql';

beforeAll(async () => {
  mesh = await openAirline();
  await mesh.done('apply');
  clone = await realpath(await mkdtemp(join(tmpdir(), 'hanse-clone-')));
  await cp(join(mesh.folder, 'operations'), join(clone, 'operations'), { recursive: true });
  await writeFile(join(clone, 'hanse.yaml'), 'mesh: airline\nrepository: airline\n');
  await git('init', '--quiet', '--initial-branch=main');
  await commit();
});

afterAll(async () => {
  await rm(clone, { recursive: true, force: true });
  await mesh[Symbol.asyncDispose]();
});

async function git(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', ['-C', clone, ...args], { env: gitEnvironment })).stdout.trim();
}

async function commit(): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message=a change');
}

/** Runs in the producer's clone, which has no mesh. */
async function hanse(...args: readonly string[]): Promise<Ran> {
  return mesh.hanse(...args, '--folder', clone);
}

async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(clone, path), 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${path} has nothing like ${from}`);
  await writeFile(join(clone, path), edited);
}

const spoken = ({ code, stdout }: Ran) =>
  [`exit ${code}`, ...stdout.split('\n').filter((line) => /^(?:This folder|[~+-] |warning consumers| +(?:breaks|safe|unknown) |info)/.test(line))]
    .join('\n')
    .replaceAll(/\([0-9a-f]{10}/g, '(<commit>')
    .replaceAll(/not before \d{4}-\d\d-\d\d/g, 'not before <day>');

/** A column is renamed in the model and its contract. */
async function renameColumn(): Promise<void> {
  await edit(CONTRACT, 'name: distance_miles', 'name: miles');
  await edit(SQL, 'AS distance_miles', 'AS miles');
}

const pull = (...args: readonly string[]) => mesh.hanse('pull', '--domain', 'operations', '--out', join(clone, 'consumers.lock.yaml'), ...args);

test('without a lock nobody can tell who uses what is renamed: exit 3, and what to run', async () => {
  await renameColumn();
  const told = await hanse('plan', '--base', 'main');
  expect(spoken(told)).toMatchInlineSnapshot(`
    "exit 3
    This folder compared with main (<commit>):
    warning consumers.lock.yaml:1:1: who uses these tables cannot be told: there is no consumers.lock.yaml [plan.consumers-unknown]
    ~ contract operations/flights 1.0.0: column distance_miles is renamed to miles
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality.sql).
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality__v1.sql).
        unknown consumers elsewhere: column distance_miles is renamed to miles (there is no consumers.lock.yaml). Say whether you use it; if so, read miles in place of distance_miles.
    ~ build operations/flights: statements changed"
  `);
  expect(told.stdout).toContain('hanse pull');
  await git('checkout', '--quiet', '.');
});

test('a rename breaks both consumers, who are in no file of the clone but the lock: exit 1; nothing is written', async () => {
  const pulled = await pull();
  expect([pulled.code, masked(mesh, pulled.stdout).replaceAll(clone, '<clone>')]).toMatchInlineSnapshot(`
    [
      0,
      "<clone>/consumers.lock.yaml: 3 tables, 8 consumers, as of log entry 1. Commit it.",
    ]
  `);
  await commit();
  await renameColumn();
  expect(spoken(await hanse('plan', '--base', 'main'))).toMatchInlineSnapshot(`
    "exit 1
    This folder compared with main (<commit>):
    ~ contract operations/flights 1.0.0: column distance_miles is renamed to miles
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality.sql).
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality__v1.sql).
        breaks finance/bookings: column distance_miles is renamed to miles (finance/bookings/bookings.sql). Its agreement bookings-read-flights gives 90 days' notice: not before <day>. Read miles in place of distance_miles.
        safe finance/delay-cost: column distance_miles is renamed to miles (finance/delay-cost/delay_cost.sql).
        safe mia: column distance_miles is renamed to miles (no read on record).
        breaks network/routes: column distance_miles is renamed to miles (network/routes/routes.sql). Its agreement routes-read-flights gives 90 days' notice: not before <day>. Read miles in place of distance_miles.
    ~ build operations/flights: statements changed"
  `);
  expect((await git('status', '--porcelain', '--ignored')).split('\n').map((line) => line.trim())).toEqual([`M ${CONTRACT}`, `M ${SQL}`]);
  await git('checkout', '--quiet', '.');
});

test('a column that nobody uses may go: exit 0', async () => {
  await edit('operations/punctuality/punctuality.odcs.yaml', /^ {6}- id: p90_delay_minutes\n(?: {8}.*\n)+/m, '');
  expect(spoken(await hanse('plan', '--base', 'main'))).toMatchInlineSnapshot(`
    "exit 0
    This folder compared with main (<commit>):
    ~ contract operations/punctuality 2.0.0: column p90_delay_minutes is removed
        safe finance: column p90_delay_minutes is removed (no read on record).
        safe marketing: column p90_delay_minutes is removed (no read on record)."
  `);
  await git('checkout', '--quiet', '.');
});

test('a lock older than its limit tells nothing: exit 3', async () => {
  await edit('consumers.lock.yaml', /^at: .*/m, 'at: 2026-01-01T00:00:00.000Z');
  await renameColumn();
  expect(spoken(await hanse('plan', '--base', 'main'))).toMatchInlineSnapshot(`
    "exit 3
    This folder compared with main (<commit>):
    warning consumers.lock.yaml:1:1: who uses these tables cannot be told: consumers.lock.yaml is of 2026-01-01, older than 7 days [plan.consumers-unknown]
    ~ contract operations/flights 1.0.0: column distance_miles is renamed to miles
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality.sql).
        safe operations/punctuality: column distance_miles is renamed to miles (operations/punctuality/punctuality__v1.sql).
        unknown finance/bookings: column distance_miles is renamed to miles (finance/bookings/bookings.sql; consumers.lock.yaml is of 2026-01-01, older than 7 days). Its agreement bookings-read-flights gives 90 days' notice: not before <day>. Say whether you use it; if so, read miles in place of distance_miles.
        unknown finance/delay-cost: column distance_miles is renamed to miles (finance/delay-cost/delay_cost.sql; consumers.lock.yaml is of 2026-01-01, older than 7 days). Its agreement delay-cost-reads-flights gives 90 days' notice: not before <day>. Say whether you use it; if so, read miles in place of distance_miles.
        unknown mia: column distance_miles is renamed to miles (no read on record; consumers.lock.yaml is of 2026-01-01, older than 7 days). Its agreement mia-reads-flights gives 90 days' notice: not before <day>. Say whether you use it; if so, read miles in place of distance_miles.
        unknown network/routes: column distance_miles is renamed to miles (network/routes/routes.sql; consumers.lock.yaml is of 2026-01-01, older than 7 days). Its agreement routes-read-flights gives 90 days' notice: not before <day>. Say whether you use it; if so, read miles in place of distance_miles.
        unknown consumers elsewhere: column distance_miles is renamed to miles (consumers.lock.yaml is of 2026-01-01, older than 7 days). Say whether you use it; if so, read miles in place of distance_miles.
    ~ build operations/flights: statements changed"
  `);
  expect((await hanse('plan', '--base', 'main', '--lock-days', '100000')).code).toBe(1);
  await git('checkout', '--quiet', '.');
});

test('at observe a break is on record and exits 0; raised to block by a commit it exits 1', async () => {
  await edit('operations/domain.yaml', 'owner: ann', 'owner: ann\nlevel: observe');
  await commit();
  await renameColumn();
  const observed = await hanse('plan', '--base', 'main');
  expect([observed.code, observed.stdout.split('\n').find((line) => line.includes('plan.tolerated'))]).toMatchInlineSnapshot(`
    [
      0,
      "info operations/flights/flights.odcs.yaml:1:1: the change of contract operations/flights 1.0.0 breaks finance/bookings, network/routes; at the level \`observe\` nothing is kept back [plan.tolerated]",
    ]
  `);
  await edit('operations/domain.yaml', 'level: observe', 'level: block');
  expect((await hanse('plan', '--base', 'main')).code).toBe(1);
  await git('checkout', '--quiet', '.');
});

test('who uses a domain is told to its members', async () => {
  expect((await pull('--as', 'ann')).code).toBe(0);
  const { code, stderr } = await pull('--as', 'mia');
  expect([code, stderr.trim()]).toMatchInlineSnapshot(`
    [
      1,
      "error: who uses the tables of operations is told to its members
      Ask one of them, or name your own: --domain <name>.",
    ]
  `);
});

test('an environment is a mesh of its own; a plan looks at another', async () => {
  await mesh.edit(
    'hanse.yaml',
    'mesh: airline\n',
    'mesh: airline\nenvironments:\n  dev: {variables: {VEGA_DATASETS: unused}}\n  prod: {storage: {folder: "${PROD_STORAGE}"}}\n',
  );
  const prod = { environment: { PROD_STORAGE: mesh.storage } };
  const changes = async (ran: Promise<Ran>) => operations.plan.output.parse(JSON.parse((await ran).stdout)).steps.length;
  expect(await changes(mesh.hanseWith({ environment: { HANSE_ENV: 'dev', PROD_STORAGE: 'unused' } }, 'plan', '--json'))).toBe(72);
  expect(await changes(mesh.hanseWith(prod, 'plan', '--env', 'dev', '--against', 'prod', '--json'))).toBe(0);
  const unknown = await mesh.hanse('plan', '--env', 'pord');
  const unset = await mesh.hanse('plan', '--against', 'prod');
  await mesh.edit('hanse.yaml', '"${PROD_STORAGE}"', 'nowhere');
  const absent = await mesh.hanse('plan', '--against', 'prod');
  expect([unknown, unset, absent].map(({ code, stderr }) => `${code} ${stderr.trim()}`)).toMatchInlineSnapshot(`
    [
      "2 error: hanse.yaml names no environment "pord"
      Did you mean \`prod\`?",
      "1 error: hanse.yaml: the variable \`PROD_STORAGE\` is not set
      Set it in the environment of the process, or write a default: \${PROD_STORAGE:-...}.",
      "1 error: the mesh prod is not on this machine
      Say in hanse.yaml where it runs: environments: {prod: {url: https://...}}.",
    ]
  `);
});

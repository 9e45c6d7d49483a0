import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonWith } from '../test/python.ts';
import type { Benchmark, Case, Scale } from './benchmark.ts';
import { ratioGoal } from './benchmark.ts';
import { meshDocuments, writeDocuments, type WrittenColumn } from './mesh-documents.ts';
import { type Contender, interleave } from './rounds.ts';
import { outputOfProgram } from './spawned.ts';

const bin = fileURLToPath(new URL('../packages/platform/bin/hanse.mjs', import.meta.url));
const PACKAGES = ['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.5'];
const OURS = 'hanse plan --base';
const PEER = 'dbt parse';
/** The model whose file is edited; two read it. */
const EDITED = 'm100';

export const base: Benchmark = {
  name: 'A mesh of many models, compiled and compared',
  about:
    'The same models, ten columns each, most of two others, as a mesh in git and as a dbt project. Hanse reads a product, a contract, a build and a statement for each, checks ' +
    'them together, binds the statements that the change touches to the contracts of what they read, and judges the change; dbt parse renders each model and writes its manifest. ' +
    '*Cold*: all is new, every statement is bound; dbt without its partial parse. *One edit*: a description in one contract, in one model; dbt with its partial parse.',
  run: async (scale) => {
    const models = scale.quick ? 200 : 10_000;
    const python = await pythonWith(PACKAGES);
    const mesh = await writeMesh(scale, models);
    const project = python === undefined ? undefined : await writeProject(scale, models);
    const peer = (flags: readonly string[], edit?: (round: number) => Promise<void>): readonly Contender[] =>
      python === undefined || project === undefined
        ? []
        : [
            {
              name: PEER,
              prepare: async (round) => edit?.(round),
              run: async () =>
                void (await outputOfProgram([python, '-m', 'dbt.cli.main', '--quiet', 'parse', ...flags, '--profiles-dir', project], {
                  cwd: project,
                  environment,
                })),
              answer: async () => modelsIn(project),
            },
          ];
    return [
      await compare({ name: `${models} models, cold`, scale }, [
        { name: OURS, run: async () => plan(mesh, '--base', 'empty', '--head', 'main'), answer: async () => models },
        ...peer(['--no-partial-parse']),
      ]),
      await compare({ name: `${models} models, one edit`, scale }, [
        { name: OURS, prepare: (round) => editMesh(mesh, round), run: async () => plan(mesh, '--base', 'main'), answer: async () => models },
        ...peer([], (round) => (project === undefined ? Promise.resolve() : editProject(project, round))),
      ]),
    ];
  },
};

const environment = { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };

async function compare({ name, scale }: { readonly name: string; readonly scale: Scale }, contenders: readonly Contender[]): Promise<Case> {
  const timings = await interleave(contenders, { rounds: Math.min(scale.rounds, 3), watch: 'started' });
  return contenders.length === 1 ? { name, timings, goals: [] } : { name, timings, limit: PEER, goals: [ratioGoal(timings, [OURS, PEER], 1)] };
}

/** 3 where a consumer's use is unknown: nothing here is. */
async function plan(folder: string, ...flags: readonly string[]): Promise<void> {
  await outputOfProgram([process.execPath, bin, 'plan', ...flags], { environment: { HANSE_FOLDER: folder } });
}

function sqlOf(index: number, refer: (name: string) => string): string {
  if (index < 10) return `select ${columns.map(({ name, physicalType }) => `cast(null as ${physicalType}) as ${name}`).join(', ')}\n`;
  const chosen = columns.map(({ name }, at) => `${at % 3 === 0 ? 'a' : 'b'}.${name}`);
  return `select ${chosen.join(', ')}\nfrom ${refer(`m${Math.floor(index / 2)}`)} a join ${refer(`m${Math.floor(index / 3)}`)} b on a.c0 = b.c0\n`;
}

const columns: readonly WrittenColumn[] = Array.from({ length: 10 }, (_, index) => ({
  name: `c${index}`,
  ...(index % 2 === 0 ? { physicalType: 'VARCHAR', logicalType: 'string' } : { physicalType: 'INTEGER', logicalType: 'integer' }),
}));

/** The documents in git, as people write them: the branch `empty` has the domains alone. */
async function writeMesh({ work }: Scale, models: number): Promise<string> {
  const folder = join(work, 'models');
  const tables = Array.from({ length: models }, (_, index) => ({
    name: `m${index}`,
    columns,
    roles: {},
    build: {},
    sql: sqlOf(index, (name) => `air.${name}`),
  }));
  const files = meshDocuments(tables, []).map(({ path, text }) => ({ path, text: path.endsWith('.yaml') ? blockYaml(JSON.parse(text)) : text }));
  const ownFile = { path: 'hanse.yaml', text: 'mesh: bench\nrepository: bench\nconsumers: here\n' };
  const isDomain = ({ path }: { readonly path: string }) => path.endsWith('domain.yaml');
  const git = (...args: readonly string[]) =>
    promisify(execFile)('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args]);
  await mkdir(folder, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  for (const part of [[ownFile, ...files.filter(isDomain)], files.filter((file) => !isDomain(file) && file.path !== 'hanse.yaml')]) {
    await writeDocuments(folder, part);
    await git('add', '--all');
    await git('commit', '--quiet', '--message=documents');
  }
  await git('branch', 'empty', 'HEAD~1');
  return folder;
}

async function editMesh(folder: string, round: number): Promise<void> {
  const path = join(folder, 'air', EDITED, `${EDITED}.odcs.yaml`);
  const text = (await readFile(path, 'utf8')).replace(/^ +description: Round.*\n/m, '');
  await writeFile(
    path,
    text.replace(/^( +)name: c9\n/m, (line, indent: string) => `${line}${indent}description: Round ${round}.\n`),
  );
}

async function writeProject({ work }: Scale, models: number): Promise<string> {
  const folder = join(work, 'dbt-models');
  const described = columns.map(({ name, physicalType }) => ({ name, data_type: physicalType }));
  const each = Array.from({ length: models }, (_, index) => [
    { path: `models/m${index}.sql`, text: sqlOf(index, (name) => `{{ ref('${name}') }}`) },
    { path: `models/m${index}.yml`, text: blockYaml({ models: [{ name: `m${index}`, description: 'Measured.', columns: described }] }) },
  ]);
  await writeDocuments(folder, [
    { path: 'dbt_project.yml', text: blockYaml({ name: 'bench', version: '1.0.0', profile: 'bench', 'model-paths': ['models'] }) },
    { path: 'profiles.yml', text: blockYaml({ bench: { target: 'dev', outputs: { dev: { type: 'duckdb', path: ':memory:' } } } }) },
    ...each.flat(),
  ]);
  return folder;
}

async function editProject(folder: string, round: number): Promise<void> {
  const path = join(folder, 'models', `${EDITED}.yml`);
  await writeFile(path, (await readFile(path, 'utf8')).replace(/description: .*/, `description: Round ${round}.`));
}

async function modelsIn(project: string): Promise<number> {
  const { nodes }: { readonly nodes: object } = JSON.parse(await readFile(join(project, 'target', 'manifest.json'), 'utf8'));
  return Object.keys(nodes).length;
}

/** JSON as people write YAML: a key on a line, indented. */
function blockYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.length === 0 ? ' []\n' : `\n${value.map((item) => `${indent}- ${blockYaml(item, `${indent}  `).trimStart()}`).join('')}`;
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}\n`;
  const lines = Object.entries(value).map(([key, item]) => `${indent}${key}:${blockYaml(item, `${indent}  `)}`);
  return lines.length === 0 ? ' {}\n' : `\n${lines.join('')}`;
}

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);
let folder = '';

/** As much of a runner as the action sees: our own hanse where it would install one, and a gh that notes what it is asked. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-action-'));
  await script('temp/hanse/node_modules/.bin/hanse', `exec node --disable-warning=ExperimentalWarning ${root}packages/platform/src/main.ts "$@"`);
  await script('bin/gh', `echo "$@" >> "${folder}/gh.txt"; case "$*" in *--paginate*) cat "${folder}/comments.txt";; esac`);
  await step({ command: `"$RUNNER_TEMP/hanse/node_modules/.bin/hanse" init mesh && cd mesh && git init -q -b main && git add . && ${commit} -m first` });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const commit = 'git -c user.name=ann -c user.email=ann@example.org -c commit.gpgsign=false commit -q';

async function script(path: string, body: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/usr/bin/env bash\n${body}\n`);
  await chmod(file, 0o755);
}

const actionShape = z.object({ runs: z.object({ steps: z.array(z.object({ name: z.string(), run: z.string() })) }) });

interface Stepped {
  readonly code: number;
  readonly output: string;
}

/** Runs a step of the action as a runner does, or a command. */
async function step({
  name,
  command,
  cwd = folder,
  env = {},
}: {
  name?: string;
  command?: string;
  cwd?: string;
  env?: Record<string, string>;
}): Promise<Stepped> {
  const { runs } = actionShape.parse(readYaml('action.yml', await readFile(join(root, 'action.yml'), 'utf8')).document?.value);
  const text = command ?? runs.steps.find((one) => one.name === name)?.run ?? 'exit 99';
  const runner = { RUNNER_TEMP: join(folder, 'temp'), GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), GITHUB_OUTPUT: join(folder, 'output.txt') };
  const all = { ...process.env, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter), ...runner, GITHUB_REPOSITORY: 'us/mesh', ...env };
  return run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], { cwd, env: all }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, output: `${stdout}${stderr}` }),
  );
}

test('a change that breaks a consumer is told in the summary and as annotations; the verdict is kept for the last step', async () => {
  const mesh = join(folder, 'mesh');
  const contract = join(mesh, 'sales/orders/orders.odcs.yaml');
  const before = await readFile(contract, 'utf8');
  await writeFile(contract, before.replaceAll('amount', 'total'));
  const planned = await step({ name: 'Plan', cwd: mesh, env: { BASE: 'HEAD', HANSE_FOLDER: '.' } });
  expect(planned.output).toMatch(/^::warning file=sales.*column amount is removed/m);
  expect(planned.code).toBe(0);
  expect(await readFile(join(folder, 'summary.md'), 'utf8')).toMatch(/^<!-- hanse-plan mesh -->\n## /);
  const code = /^code=(\d)$/m.exec(await readFile(join(folder, 'output.txt'), 'utf8'))?.[1] ?? '';
  expect(code).toBe('3');
  expect(await step({ name: 'Verdict', env: { CODE: code } })).toMatchObject({ code: 3 });
});

test('without a plan the step itself fails', async () => {
  const planned = await step({ name: 'Plan', cwd: join(folder, 'mesh'), env: { BASE: 'no-such-revision', HANSE_FOLDER: '.' } });
  expect([planned.code, planned.output]).toEqual([1, expect.stringContaining('no-such-revision')]);
});

test('the comment of the last push is replaced; without one, another is written', async () => {
  await writeFile(join(folder, 'temp/hanse-plan.md'), '<!-- hanse-plan mesh -->\n## All is well\n');
  await writeFile(join(folder, 'comments.txt'), '');
  await step({ name: 'Comment', env: { NUMBER: '7' } });
  await writeFile(join(folder, 'comments.txt'), '41\n42\n');
  await step({ name: 'Comment', env: { NUMBER: '7' } });
  const asked = (await readFile(join(folder, 'gh.txt'), 'utf8')).split('\n').filter((line) => line.includes('--method'));
  expect(asked.map((line) => line.replace(/ --field.*/, ''))).toEqual([
    'api --method POST repos/us/mesh/issues/7/comments',
    'api --method PATCH repos/us/mesh/issues/comments/41',
  ]);
});

test('every contract is judged, and the worst is what the step says', async () => {
  const contract = (path: string) => `apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
servers: [{ server: here, type: local, path: ${path}, format: csv }]
schema: [{ name: orders, properties: [{ name: order_id, logicalType: integer, required: true, unique: true }] }]
`;
  await writeFile(join(folder, 'good.csv'), 'order_id\n1\n2\n');
  await writeFile(join(folder, 'bad.csv'), 'order_id\n1\n1\n');
  for (const name of ['good', 'bad']) await writeFile(join(folder, `${name}.odcs.yaml`), contract(`${name}.csv`));
  const both = await step({ name: 'Judge data', env: { CONTRACTS: 'bad.odcs.yaml\ngood.odcs.yaml\n' } });
  expect([both.code, both.output]).toEqual([1, expect.stringContaining('good.odcs.yaml')]);
  expect((await step({ name: 'Judge data', env: { CONTRACTS: 'good.odcs.yaml' } })).code).toBe(0);
});

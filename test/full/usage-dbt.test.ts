import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { smallTexts, type Texts } from '../fixtures/small-mesh.ts';
import { pythonWith } from '../python.ts';

const MAIN = join(import.meta.dirname, '../../packages/platform/src/main.ts');

/** Another domain's project that reads `finance.metrics` as a source. */
const project: Texts = {
  'dbt_project.yml':
    "name: campaigns\nversion: '1.0'\nprofile: campaigns\nmodels:\n  +materialized: view\non-run-start:\n  - create schema if not exists finance\n  - create table if not exists finance.metrics as select 'a' as customer, 1 as amount\n",
  'profiles.yml': 'campaigns:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: campaigns.duckdb, threads: 1}\n',
  'models/schema.yml': `version: 2
sources:
  - name: finance
    schema: finance
    tables:
      - name: metrics
        columns:
          - {name: amount, data_tests: [not_null]}
exposures:
  - {name: weekly, type: dashboard, owner: {name: Max, email: max@shop.example}, depends_on: [ref('reach')]}
`,
  'models/stg_metrics.sql':
    "with source as (select * from {{ source('finance', 'metrics') }}), renamed as (select amount as spent from source) select * from renamed",
  'models/reach.sql': "select sum(spent) as spent from {{ ref('stg_metrics') }}",
};

it('what a project that dbt built uses is told to the mesh and stands in the lock', async ({ skip }) => {
  const python = await pythonWith(['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.5']);
  if (python === undefined) return skip();
  const root = await mkdtemp(join(tmpdir(), 'hanse-usage-dbt-'));
  try {
    const [dbt, mesh] = [join(root, 'campaigns'), join(root, 'mesh')];
    await writeAll(dbt, project);
    await writeAll(mesh, {
      ...smallTexts,
      'hanse.yaml': 'mesh: small\nrepository: small\n',
      'finance/churn/rows.csv': 'customer,amount\na,1\n',
      'marketing/spend/spend.sql': undefined,
    });
    await promisify(execFile)(python, ['-m', 'dbt.cli.main', 'build'], { cwd: dbt, env: { ...process.env, DBT_PROFILES_DIR: dbt } });
    expect(await hanse(mesh, 'apply', '--reason', 'first')).toMatchObject({ code: 0 });
    expect(await hanse(mesh, 'usage', 'import', 'dbt', join(dbt, 'target'), '--consumer', 'marketing')).toEqual({
      code: 0,
      text: "marketing/campaigns: 2 uses of the mesh's tables by 1 consumer.\n",
    });
    expect(await hanse(mesh, 'pull', '--domain', 'finance')).toMatchObject({ code: 0 });
    const lock = await readFile(join(mesh, 'consumers.lock.yaml'), 'utf8');
    const told =
      /consumer: "marketing", .*columns: \["amount"\], evidence: "dbt project marketing\/campaigns: model stg_metrics \(shown by weekly\), test source_not_null_finance_metrics_amount, as of \d{4}-\d\d-\d\d; without an agreement"/;
    expect(lock).toMatch(told);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 600_000);

async function writeAll(folder: string, texts: Texts): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function hanse(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], { cwd, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr });
    });
  });
}

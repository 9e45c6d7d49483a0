import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractAnswer } from '@hanse/core/api/contract-answer.ts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { askDuckdb } from './duckdb.ts';

const BIN = fileURLToPath(new URL('../../packages/platform/bin/hanse.mjs', import.meta.url));

const contract = `apiVersion: v3.2.0
kind: DataContract
id: shop
version: 1.0.0
status: active
servers:
  - {server: good, type: local, path: good.parquet, format: parquet}
  - {server: bad, type: local, path: "\${DATA:-bad}.parquet", format: parquet}
  - {server: csv, type: local, path: bad.csv, format: csv}
  - {server: cloud, type: snowflake, account: a, database: d, schema: s}
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: status, logicalType: string, enum: [{value: open}, {value: closed}]}
    quality:
      - {type: library, metric: rowCount, mustBeGreaterThan: 100, severity: warning}
`;

/** An empty folder with a contract and its data: no hanse.yaml, no mesh. */
let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hanse-contract-')));
  await writeFile(join(folder, 'orders.odcs.yaml'), contract);
  await askDuckdb(`COPY (SELECT i AS id, 'open' AS status FROM range(3) t(i)) TO '${folder}/good.parquet' (FORMAT parquet)`);
  await askDuckdb(`COPY (SELECT i // 2 AS id, if(i = 2, 'lost', 'open') AS status FROM range(3) t(i)) TO '${folder}/bad.parquet' (FORMAT parquet)`);
  await writeFile(join(folder, 'bad.csv'), 'id,status\n1,open\nx,closed\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function hanse(...args: string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env: { PATH: process.env.PATH, NO_COLOR: '1' } });
  const texts = [child.stdout, child.stderr].map(async (stream) => (await Array.fromAsync(stream)).join(''));
  const [code] = (await once(child, 'exit')) as [number | null];
  const [stdout = '', stderr = ''] = await Promise.all(texts);
  return { code, stdout: stdout.replace(/in \d+\.\d\d s/, 'in <time>'), stderr };
}

test('one file and one command: good data passes, a warning does not fail, and nothing is left behind', async () => {
  const before = await readdir(folder);
  expect(await hanse('test', 'orders.odcs.yaml')).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "",
      "stdout": "orders.odcs.yaml: shop 1.0.0 on good (local)

    orders (good.parquet, 3 rows)
      ✓ id      must be a column of type BIGINT or like it: it is BIGINT
      ✓ status  must be a column of type VARCHAR or like it: it is VARCHAR
      ✓ status  must be one of 'open', 'closed': 0 of 3 rows are something else
      ✓ id      must identify a row: 0 of 3 rows repeat a value
      ! orders  number of rows must be greater than 100: it is 3
          rule.metric at orders.odcs.yaml:17

    5 rules: 4 pass, 1 warn in <time>
    ",
    }
  `);
  expect(await readdir(folder)).toEqual(before);
});

test('bad data fails with 1: each failing rule with expected and found, its rows, a sample, and the SQL for the rest', async () => {
  const { code, stdout, stderr } = await hanse('test', 'orders.odcs.yaml', '--server', 'bad');
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatchInlineSnapshot(`
    "orders.odcs.yaml: shop 1.0.0 on bad (local)

    orders (bad.parquet, 3 rows)
      ✓ id      must be a column of type BIGINT or like it: it is BIGINT
      ✓ status  must be a column of type VARCHAR or like it: it is VARCHAR
      ✗ status  must be one of 'open', 'closed': 1 of 3 rows are something else
          rule.enum at orders.odcs.yaml:15
          id  status
          --  ------
           1  lost
          all: SELECT * FROM read_parquet('bad.parquet') WHERE "status" NOT IN ('open', 'closed')
      ✗ id      must identify a row: 1 of 3 rows repeat a value
          rule.primary-key at orders.odcs.yaml:14
          id  rows
          --  ----
           0     2
          all: SELECT "id", count(*) AS rows FROM read_parquet('bad.parquet') GROUP BY "id" HAVING count(*) > 1 OR "id" IS NULL ORDER BY count(*) DESC
      ! orders  number of rows must be greater than 100: it is 3
          rule.metric at orders.odcs.yaml:17

    5 rules: 2 pass, 2 fail, 1 warn in <time>
    "
  `);
});

test('as JSON, and in a file', async () => {
  const { stdout, code } = await hanse('test', 'orders.odcs.yaml', '--server', 'bad', '--json');
  const answer = contractAnswer.parse(JSON.parse(stdout));
  expect([code, answer.result, answer.counts]).toEqual([1, 'fail', { pass: 2, fail: 2, warn: 1, error: 0, skip: 0 }]);
  const { stdout: table } = await hanse('test', 'orders.odcs.yaml', '--server', 'csv', '--format', 'junit', '--out', 'report.xml');
  expect(table).toContain('1 of 2 rows do not fit');
  expect(await readFile(join(folder, 'report.xml'), 'utf8')).toMatch(/^<\?xml[^]*failures="1"[^]*<\/testsuites>\n$/);
  await rm(join(folder, 'report.xml'));
});

test('explained: the statements that were run, and the SQL of every rule', async () => {
  const { stdout } = await hanse('test', 'orders.odcs.yaml', '--explain');
  expect(stdout).toMatch(/^  (?:scan|footer) pass$/m);
  expect(stdout.match(/^ {6}(?:sql|all): /gm)).toHaveLength(5);
});

test('what cannot be tested exits with 2, and says what would do', async () => {
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await hanse('test', ...args);
    return `${code} ${stderr || stdout}`;
  };
  expect(await told('orders.odcs.yaml', '--server', 'cloud')).toMatchInlineSnapshot(`
    "2 error: orders.odcs.yaml: the server cloud is of type snowflake, which is not read here
      Nothing here speaks to snowflake. Reached are \`local\` (Parquet, CSV, JSON, Iceberg tables), \`duckdb\` and \`postgres\`: export the data, and name the copy as such a server.
    "
  `);
  expect(await told('orders.odcs.yaml', '--server', 'bad', '--var', 'DATA=none')).toMatch(/^2 [^]*none of its 5 rules could be judged: no file is there/);
  expect(await told('absent.odcs.yaml')).toMatch(/^2 error: absent\.odcs\.yaml: cannot be read/);
  expect(JSON.parse((await hanse('test', 'absent.odcs.yaml', '--json')).stdout)).toMatchObject({ error: { code: 'missing' } });
});

test.runIf(process.platform === 'linux')(
  'Ctrl-C ends it and its worker at once',
  async () => {
    const endless = contract.replace(
      /type: library.*/,
      'type: sql, query: "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE hash(a.range, b.range) = 1", mustBe: 0}',
    );
    await writeFile(join(folder, 'endless.odcs.yaml'), endless);
    const child = spawn(process.execPath, [BIN, 'test', 'endless.odcs.yaml'], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    // Its progress is told once the endless statement runs.
    await once(child.stderr, 'data');
    const workers = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'))
      .trim()
      .split(/\s+/)
      .filter((pid) => pid !== '');
    expect(workers.length).toBeGreaterThan(0);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(2);
    const alive = await Promise.all(
      workers.map((pid) =>
        readFile(`/proc/${pid}/stat`, 'utf8').then(
          (stat) => !/\) Z /.test(stat),
          () => false,
        ),
      ),
    );
    expect(alive).toEqual(workers.map(() => false));
  },
  30_000,
);

import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Contract } from '@hanse/core/contract/contract.ts';
import { parseLoneContract } from '@hanse/core/contract/parse-lone-contract.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import type { OtherTable } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { formatCheck } from '@hanse/core/rule/format-check.ts';
import { formatPath, type Rule } from '@hanse/core/rule/rule.ts';
import { sampleContract } from '@hanse/core/sample/sample-contract.ts';
import type { Left } from '@hanse/core/sample/wishes.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { beforeAll, expect, test } from 'vitest';
import { admitRules } from './admit-rules.ts';
import { type DuckDb, openDuckDb } from './check-case.fixture.ts';
import { checkTable } from './check-table.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});

const root = new URL('../../../../', import.meta.url).pathname;

async function contractAt(path: string): Promise<Contract> {
  const { document } = readYaml(path, await readFile(`${root}${path}`));
  const { contract } = document === undefined ? {} : parseLoneContract(document);
  if (contract === undefined) throw new Error(`${path} is no contract`);
  return contract;
}

let schemas = 0;
/** What our own checks find in a contract's sample, beside what was left out of it. */
async function judged(contract: Contract, rows: number): Promise<{ readonly broken: readonly string[]; readonly left: readonly Left[] }> {
  const schema = `sample_${(schemas += 1)}`;
  const { objects, left } = sampleContract(contract, { seed: 1, rows });
  await db.run(`CREATE SCHEMA ${schema}`);
  const others = new Map<string, OtherTable>();
  for (const { object, sql } of objects) {
    const relation = `${schema}.${quoteName(object.name)}`;
    await db.run(`CREATE TABLE ${relation} AS ${sql}`);
    others.set(object.name, { relation, columns: await db.columns(relation), object });
  }
  const broken: string[] = [];
  for (const { object } of objects) {
    const table = others.get(object.name);
    if (table === undefined || !('relation' in table)) throw new Error(object.name);
    const rules = await admitRules(db.parse, compileRules(object, contract));
    const { checks } = await checkTable(db, {
      rules,
      columns: table.columns,
      relation: table.relation,
      files: [{ name: object.name, relation: table.relation }],
      context: { now: '2026-06-01T00:00:00.000Z', others },
    });
    const isLeft = ({ rule }: Check) => left.some(({ what }) => saysOf(object.name, rule).some((said) => what === said || what.startsWith(`${said} refers`)));
    const wrong = checks.filter((check) => (check.status === 'fail' || check.status === 'warn') && !isLeft(check));
    broken.push(...wrong.map((check) => `${check.status} ${formatCheck(object.name, check)}`));
  }
  return { broken, left };
}

/** How a rule, or the whole column that it is of, may be told among what is left. */
function saysOf(object: string, { path, expectation }: Rule): readonly string[] {
  const subject = path.length === 0 ? object : `${object}.${formatPath(path)}`;
  if (expectation.startsWith('number of rows')) return [`${subject} has a rule for its number of rows`];
  return path.length === 0 ? [`${subject} ${expectation}`] : [subject, `${subject} ${expectation}`];
}

const airline = globSync('examples/airline/**/*.odcs.yaml', { cwd: root }).toSorted();
test.each(airline)('%s', async (path) => {
  const { broken, left } = await judged(await contractAt(path), 300);
  expect(broken).toEqual([]);
  expect(left.filter(({ why }) => !/its query is not read|values are the same on every day|there are as many rows/.test(why))).toEqual([]);
});

const standards = globSync('test/fixtures/standards/odcs/examples-*/**/*.odcs.yaml', { cwd: root }).toSorted();
test.each(standards)('%s', async (path) => {
  const contract = await contractAt(path).catch(() => undefined);
  if (contract === undefined) return;
  expect((await judged(contract, 100)).broken).toEqual([]);
});

import { dirname, resolve } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { type Path, positionOf } from '@hanse/core/document/source-document.ts';
import type { ContractReport, TestedObject, TestedRule } from '@hanse/core/report/contract-report.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { CheckContext, OtherTable } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { formatPath, type Rule } from '@hanse/core/rule/rule.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import type { Judgement, Place, PlacedTable, Reach } from '../../check/place.ts';
import type { Engine, Limits } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { chooseServer } from './choose-server.ts';
import { openFilePlace } from './file-place.ts';
import { misfitRowsSql } from './judge-misfits.ts';
import { locateData, type Located } from './locate-data.ts';
import { openRelations } from './open-relations.ts';
import { readContract, type ReadContract } from './read-contract.ts';

export interface ContractTest {
  /** The contract's file. */
  readonly file: string;
  /** By name or environment; the first where absent. */
  readonly server?: string;
  /** The only schema object to test. */
  readonly object?: string;
  readonly reach?: Reach;
  readonly variable: (name: string) => string | undefined;
  readonly limits: Limits;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly now: string;
  readonly signal?: AbortSignal;
  readonly tell?: (object: string, stage: string, done?: number) => void;
}

/** Judges data where a contract's server says that it lies. Needs no mesh, stores nothing and changes nothing. */
export async function testContract(engine: Pick<Engine, 'session'>, test: ContractTest): Promise<ContractReport> {
  const started = performance.now();
  const read = await readContract(test.file);
  const { contract } = read;
  const server = chooseServer(read.servers, test.file, test.server);
  const asked = chooseObjects(read, test);
  const located = await locateData({ server, folder: dirname(resolve(test.file)), file: test.file, variable: test.variable }, contract.objects);
  const relations = located.flatMap((one) => ('relation' in one ? [one.relation] : []));
  for (const { name, kept } of relations) if (kept) test.tell?.(name, 'reading');
  await using opened = await openRelations(engine, { relations, limits: test.limits, ...(test.signal !== undefined && { signal: test.signal }) });
  const place = openFilePlace({ session: opened.session, relations, now: test.now, tell: (name, done) => test.tell?.(name, 'checking', done) });
  const whyMissing = (index: number, { name }: SchemaObject) => {
    const one = located[index];
    return one !== undefined && 'missing' in one ? one.missing : opened.broken.get(name);
  };
  const tables = await Promise.all(contract.objects.map((object, index) => describeObject(place, object, whyMissing(index, object))));
  const others = new Map(tables.map(({ object, table }): [string, OtherTable] => [object.name, 'error' in table ? table : { ...table, object }]));
  const objects: TestedObject[] = [];
  for (const [index, described] of tables.entries()) {
    if (asked.includes(contract.objects[index] ?? described.object)) objects.push(await testObject({ place, read, test, others, located }, described, index));
  }
  return {
    id: test.id,
    at: test.now,
    contract: { id: contract.id, version: contract.version, file: test.file },
    server: { name: server.name, type: server.type },
    objects,
    durationMs: performance.now() - started,
  };
}

function chooseObjects({ contract }: ReadContract, { file, object }: ContractTest): readonly SchemaObject[] {
  if (object === undefined) return contract.objects;
  const chosen = contract.objects.filter(({ name, id }) => name === object || id === object);
  if (chosen.length > 0) return chosen;
  const names = contract.objects.map(({ name }) => name);
  throw new UserError('usage', `${file}: the contract has no schema object \`${object}\``, didYouMean(object, names, `It has ${names.join(', ')}.`));
}

interface DescribedObject {
  /** As the data calls its columns. */
  readonly object: SchemaObject;
  readonly table: PlacedTable | { readonly error: string };
}

async function describeObject(place: Pick<Place, 'describe'>, object: SchemaObject, missing: string | undefined): Promise<DescribedObject> {
  if (missing !== undefined) return { object, table: { error: missing } };
  try {
    const table = await place.describe(object.name);
    return { object: withPhysicalNames(object, table.columns.map(({ name }) => name)), table };
  } catch (error) {
    if (error instanceof UserError) return { object, table: { error: error.message.split('\n', 1)[0] ?? error.message } };
    throw error;
  }
}

/** The object as the data calls its columns: by `physicalName` where the data has that and not the name. */
function withPhysicalNames(object: SchemaObject, names: readonly string[]): SchemaObject {
  const known = new Set(names);
  const properties = object.properties.map((property) => {
    const { name, physicalName } = property;
    return physicalName !== undefined && !known.has(name) && known.has(physicalName) ? { ...property, name: physicalName } : property;
  });
  return { ...object, properties };
}

interface Testing {
  readonly place: Pick<Place, 'judge'>;
  readonly read: ReadContract;
  readonly test: ContractTest;
  readonly others: ReadonlyMap<string, OtherTable>;
  readonly located: readonly Located[];
}

async function testObject({ place, read, test, others, located }: Testing, { object, table }: DescribedObject, index: number): Promise<TestedObject> {
  const found = located[index];
  const where = found?.place ?? '';
  const rules = compileRules(object, { ...read.contract, objects: read.contract.objects.map((one) => (one.name === object.name ? object : one)) });
  const tested = (checks: readonly Check[]) =>
    checks.map((check): TestedRule => {
      const sql = 'error' in table ? undefined : sqlFor(check, table, { found, context: { ...table.context, others: shownTables(others, read, located) } });
      return { check, at: clauseAt(read, object, check.rule), ...(sql !== undefined && { sql }) };
    });
  if ('error' in table) return { name: object.name, place: where, rules: tested(rules.map((rule) => ({ rule, status: 'error', found: table.error }))), passes: [] };
  const judgement: Judgement = await place.judge(table, rules, { others, ...(test.reach !== undefined && { reach: test.reach }) });
  const rows = judgement.checks.find(({ totalRows }) => totalRows !== undefined)?.totalRows;
  return {
    name: object.name,
    place: where,
    rules: tested(judgement.checks),
    passes: judgement.passes.map(({ kind, sql }) => ({ kind, sql })),
    ...(judgement.scope !== undefined && { scope: judgement.scope }),
    ...(rows !== undefined && { rows }),
  };
}

/** The statement that shows a person what breaks a rule, where they can run it. */
function sqlFor({ rule, sample }: Check, table: PlacedTable, { found, context }: { readonly found: Located | undefined; readonly context: CheckContext }): string | undefined {
  const shown = found !== undefined && 'shown' in found ? found.shown : table.relation;
  const relation = found !== undefined && 'relation' in found && rule.test.kind === 'schema' && sample !== undefined ? found.relation : undefined;
  const fit = relation?.fits?.find(({ name }) => name === formatPath(rule.path));
  if (relation !== undefined && fit !== undefined) return misfitRowsSql(fit, relation.format, shown);
  return rule.test.kind === 'schema' && found !== undefined && 'shown' in found ? `DESCRIBE SELECT * FROM ${shown}` : explainSql(rule, table.columns, shown, context);
}

function shownTables(others: Testing['others'], { contract }: ReadContract, located: readonly Located[]): Testing['others'] {
  const shown = contract.objects.map(({ name }, index): [string, OtherTable] => {
    const [other, one] = [others.get(name), located[index]];
    return [name, other !== undefined && 'relation' in other && one !== undefined && 'shown' in one ? { ...other, relation: one.shown } : (other ?? { error: `the table ${name} is not at hand` })];
  });
  return new Map(shown);
}

/** A pointer starts at the schema object, or with `#` at the contract. */
function clauseAt({ document, contract }: ReadContract, object: SchemaObject, { pointer }: Rule) {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const start: Path = pointer.startsWith('#') ? [] : ['schema', contract.objects.findIndex(({ name }) => name === object.name)];
  return positionOf(document, [...start, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))], 'key');
}

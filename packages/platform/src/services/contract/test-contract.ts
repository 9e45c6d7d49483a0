import { dirname, resolve } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import type { ContractReport, TestedObject, TestedRule } from '@hanse/core/report/contract-report.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import type { OtherTable } from '@hanse/core/rule/check-context.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { formatPath } from '@hanse/core/rule/rule.ts';
import type { Judgement, PlacedTable, Reach } from '../../check/place.ts';
import type { Limits } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { chooseServer, type Choice } from './choose-server.ts';
import { clauseAt } from './clause-at.ts';
import { isMisfit } from './judge-misfits.ts';
import { findNeighbours } from './find-neighbours.ts';
import { openTarget, type Reaching, type Target } from './open-target.ts';
import { reachIn } from './reach-in.ts';
import { readContract, type ReadContract } from './read-contract.ts';
import { shownTables, sqlFor } from './shown-sql.ts';

export interface ContractTest extends Choice {
  /** The contract's file. */
  readonly file: string;
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
export async function testContract(reaching: Reaching, test: ContractTest): Promise<ContractReport> {
  const started = performance.now();
  const read = await readContract(test.file);
  const { contract } = read;
  const server = chooseServer(read.servers, test.file, test);
  const asked = chooseObjects(read, test);
  const where = { server, folder: dirname(resolve(test.file)), file: test.file, variable: test.variable };
  const neighbours = await findNeighbours(read, test);
  await using target = await openTarget(reaching, { where, objects: contract.objects, neighbours }, test);
  const tables: DescribedObject[] = [];
  const beside = neighbours.map(({ object, relation }) => ({ ...object, name: relation }));
  for (const [index, object] of [...contract.objects, ...beside].entries()) {
    tables.push(await describeObject(target, object, index));
    test.signal?.throwIfAborted();
  }
  const others = new Map(tables.map(({ object, table }): [string, OtherTable] => [object.name, 'error' in table ? table : { ...table, object }]));
  const objects: TestedObject[] = [];
  for (const [index, described] of tables.slice(0, contract.objects.length).entries()) {
    if (asked.includes(contract.objects[index] ?? described.object)) objects.push(await testObject({ target, read, test, others }, described, index));
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

async function describeObject({ place, located }: Target, object: SchemaObject, index: number): Promise<DescribedObject> {
  const found = located[index];
  if (found === undefined || 'missing' in found) return { object, table: { error: found?.missing ?? 'nothing is there' } };
  try {
    const table = await place.describe('table' in found ? found.table : object.name);
    return {
      object: withPhysicalNames(
        object,
        table.columns.map(({ name }) => name),
      ),
      table,
    };
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
  readonly target: Target;
  readonly read: ReadContract;
  readonly test: ContractTest;
  readonly others: ReadonlyMap<string, OtherTable>;
}

async function testObject({ target, read, test, others }: Testing, { object, table }: DescribedObject, index: number): Promise<TestedObject> {
  const found = target.located[index];
  const where = found?.place ?? '';
  const rules = compileRules(object, { ...read.contract, objects: read.contract.objects.map((one) => (one.name === object.name ? object : one)) });
  const tested = (checks: readonly Check[]) => {
    const misfits = new Set(checks.filter(isMisfit).map(({ rule }) => formatPath(rule.path)));
    const shown = shownTables(others, read.contract.objects, target.located);
    return checks.map((check): TestedRule => {
      const sql = 'error' in table ? undefined : sqlFor(check, table, { found, misfits, context: { ...table.context, others: shown } });
      return { check, at: clauseAt(read, object, check.rule), ...(sql !== undefined && { sql }) };
    });
  };
  if ('error' in table)
    return { name: object.name, place: where, rules: tested(rules.map((rule) => ({ rule, status: 'error', found: table.error }))), passes: [] };
  const judgement: Judgement = await target.place.judge(table, rules, {
    others,
    ...(test.reach !== undefined && { reach: reachIn(test.reach, read.document.value, index) }),
  });
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

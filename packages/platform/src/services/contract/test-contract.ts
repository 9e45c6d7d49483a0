import { dirname, resolve } from 'node:path';
import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { type Path, positionOf } from '@hanse/core/document/source-document.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import { explainSql } from '@hanse/core/rule/sample-sql.ts';
import { quoteName } from '@hanse/core/sql/quote.ts';
import { checkTable } from '../../check/check-table.ts';
import type { Engine, Limits, Session } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import { chooseServer } from './choose-server.ts';
import type { ContractReport, TestedObject, TestedRule } from './contract-report.ts';
import { judgeMisfits } from './judge-misfits.ts';
import { locateData, type Located } from './locate-data.ts';
import { readContract, type ReadContract } from './read-contract.ts';

export interface ContractTest {
  /** The contract's file. */
  readonly file: string;
  readonly server?: string;
  readonly variable: (name: string) => string | undefined;
  readonly limits: Limits;
  readonly signal?: AbortSignal;
  readonly tell?: (object: string, stage: string, done?: number) => void;
}

/** Judges data where a contract's server says that it lies. Needs no mesh, stores nothing and changes nothing. */
export async function testContract(engine: Pick<Engine, 'session'>, test: ContractTest): Promise<ContractReport> {
  const started = performance.now();
  const read = await readContract(test.file);
  const { contract, servers } = read;
  const server = chooseServer(servers, test.file, test.server);
  const located = await locateData({ server, folder: dirname(resolve(test.file)), file: test.file, variable: test.variable }, contract.objects);
  const relations = located.flatMap((one) => ('relation' in one ? [one.relation] : []));
  await using session = await engine.session({ relations, limits: test.limits, ...(test.signal !== undefined && { signal: test.signal }) });
  const objects: TestedObject[] = [];
  for (const [index, object] of contract.objects.entries()) {
    const one = located[index];
    if (one !== undefined) objects.push(await testObject({ session, read, test }, object, one));
  }
  return {
    contract: { id: contract.id, version: contract.version, file: test.file },
    server: { name: server.name, type: server.type },
    objects,
    durationMs: performance.now() - started,
  };
}

interface Running {
  readonly session: Session;
  readonly read: ReadContract;
  readonly test: ContractTest;
}

async function testObject({ session, read, test }: Running, object: SchemaObject, located: Located): Promise<TestedObject> {
  const { place } = located;
  const place0: Path = ['schema', read.contract.objects.indexOf(object)];
  if ('missing' in located) {
    const checks = compileRules(object).map((rule): Check => ({ rule, status: 'error', found: located.missing }));
    return { name: object.name, place, rules: checks.map((check) => ({ check, at: clauseAt(read, place0, check.rule) })) };
  }
  const relation = quoteName(object.name);
  const columns = await session.describe({ sql: `SELECT * FROM ${relation}` });
  const rules = compileRules(withPhysicalNames(object, columns.map(({ name }) => name)));
  const watched: Pick<Session, 'rows'> = { rows: (statement) => session.rows(statement, (done) => test.tell?.(object.name, 'checking', done)) };
  const checked = await checkTable(watched, { rules, columns, relation, files: [{ name: place, relation }] });
  const checks = await judgeMisfits(watched, located.relation, columns.map(({ name }) => name), checked.checks);
  const tested = checks.map((check): TestedRule => {
    const sql = explainSql(check.rule, columns, relation);
    return { check, at: clauseAt(read, place0, check.rule), ...(sql !== undefined && { sql }) };
  });
  const rows = checks.find(({ totalRows }) => totalRows !== undefined)?.totalRows;
  return { name: object.name, place, rules: tested, ...(rows !== undefined && { rows }) };
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

function clauseAt({ document }: ReadContract, start: Path, { pointer }: Rule) {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return positionOf(document, [...start, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))], 'key');
}

import { relative } from 'node:path';
import type { DbtArtifacts } from '@hanse/core/adopt/dbt/manifest.ts';
import { judgeModel } from '@hanse/core/dbt/judge-model.ts';
import { modelOf } from '@hanse/core/dbt/tested-model.ts';
import { listOf, objectOf } from '@hanse/core/document/json.ts';
import type { ContractReport, TestedObject } from '@hanse/core/report/contract-report.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { clauseAt } from './clause-at.ts';
import { readContract, type ReadContract } from './read-contract.ts';

export interface DbtTest {
  /** The contract's file. */
  readonly file: string;
  /** dbt's target folder, for people. */
  readonly target: string;
  readonly artifacts: DbtArtifacts;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

/** What dbt's last run says of a contract: the results of its tests, rule by rule. Reads no data; undefined where no model is the contract's. */
export async function testFromDbt(test: DbtTest): Promise<ContractReport | undefined> {
  const started = performance.now();
  const read = await readContract(test.file);
  const { manifest } = test.artifacts;
  const objects = read.contract.objects.flatMap((_, index) => testObject(test, read, index) ?? []);
  return objects.length === 0
    ? undefined
    : {
        id: test.id,
        at: test.now,
        contract: { id: read.contract.id, version: read.contract.version, file: test.file },
        server: { name: `dbt-${manifest.metadata.adapter_type ?? 'target'}`, type: 'dbt' },
        objects,
        durationMs: performance.now() - started,
      };
}

function testObject({ artifacts, target, now }: DbtTest, read: ReadContract, index: number): TestedObject | undefined {
  const { manifest, runResults, catalog } = artifacts;
  const contract = objectOf(read.document.value);
  const [object, written] = [read.contract.objects[index], objectOf(listOf(contract['schema'])[index])];
  const model = object === undefined ? undefined : modelOf(manifest, written, contract);
  if (object === undefined || model === undefined) return undefined;
  const run = {
    manifest,
    model,
    written,
    contract,
    object,
    contractId: read.contract.id,
    now,
    ...(runResults && { results: runResults }),
    ...(catalog && { catalog }),
  };
  const checks = judgeModel(compileRules(object, read.contract), run);
  return {
    name: object.name,
    place: `${model.unique_id} in ${relative('', target) || '.'}`,
    rules: checks.map((check) => ({ check, at: clauseAt(read, object, check.rule) })),
    passes: [],
  };
}

import { objectOf, textOf } from '../../document/json.ts';
import type { DbtNode, Manifest } from './manifest.ts';

/** What a test that Hanse wrote into a project says of itself, under `meta.hanse`. */
export interface WrittenTest {
  readonly contract: string;
  readonly rule: string;
  readonly model: string;
}

/** Undefined for a test that somebody else wrote. */
export function writtenTest({ config, meta }: Pick<DbtNode, 'config' | 'meta'>): WrittenTest | undefined {
  const said = objectOf((config?.meta ?? meta)?.['hanse']);
  const [contract, rule, model] = [textOf(said['contract']), textOf(said['rule']), textOf(said['model'])];
  return contract === undefined || rule === undefined || model === undefined ? undefined : { contract, rule, model };
}

/** The tests of a model that Hanse wrote. */
export function ownTests(manifest: Manifest, model: Pick<DbtNode, 'unique_id'>): readonly DbtNode[] {
  return testsIn(manifest).filter((test) => writtenTest(test)?.model === model.unique_id);
}

/** The tests of a model that somebody else wrote. */
export function othersTests(manifest: Manifest, model: Pick<DbtNode, 'unique_id'>): readonly DbtNode[] {
  return testsIn(manifest).filter((test) => isAbout(test, model));
}

/** Whether somebody else's test is about the model; a singular test is about the last one that it reads. */
export function isAbout(test: DbtNode, { unique_id: id }: Pick<DbtNode, 'unique_id'>): boolean {
  if (writtenTest(test) !== undefined) return false;
  if (test.attached_node !== undefined && test.attached_node !== null) return test.attached_node === id;
  return test.depends_on?.nodes?.at(-1) === id;
}

function testsIn({ nodes }: Manifest): readonly DbtNode[] {
  return Object.values(nodes).filter(({ resource_type: type }) => type === 'test');
}

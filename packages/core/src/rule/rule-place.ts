import type { Contract, QualityRule, SchemaObject } from '../contract/contract.ts';
import { severityOf } from './compile-quality.ts';
import { isRecord, type Relaxed } from './custom-properties.ts';
import { codeOf, describeTest, dimensionOf } from './describe-test.ts';
import type { Path, PathStep, Rule, RuleTest } from './rule.ts';

/** A property where it stands: nested ones know the way to them. */
export interface Place {
  readonly object: SchemaObject;
  readonly contract: Pick<Contract, 'objects'>;
  readonly path: Path;
  /** Ids from the object inwards: the stem of rule ids. */
  readonly ids: readonly string[];
  readonly pointer: string;
  readonly reference: string;
}

export interface Clause extends Relaxed {
  readonly name: string;
  readonly test: RuleTest;
  readonly quality?: QualityRule;
}

export function placeOf(object: SchemaObject, contract: Pick<Contract, 'objects'>): Place {
  return { object, contract, path: [], ids: [], pointer: '', reference: `schema/${object.id}` };
}

export function inner(place: Place, step: PathStep, pointer: string, id: string): Place {
  const section = step.kind === 'field' ? `properties/${id}` : id;
  return {
    ...place,
    path: [...place.path, step],
    ids: [...place.ids, id],
    pointer: `${place.pointer}/${pointer}`,
    reference: `${place.reference}/${section}`,
  };
}

/** A clause as a rule; `pointer` leads from the place to it. */
export function ruleAt(place: Place, { name, test, quality, where, tolerance }: Clause, pointer: string): Rule {
  const dimension = quality?.dimension ?? dimensionOf(test);
  const { schedule, businessImpact } = isRecord(quality?.written) ? quality.written : {};
  return {
    id: [...place.ids, name].join('/'),
    code: codeOf(test),
    object: place.object.name,
    path: place.path,
    test,
    ...(where !== undefined && { where }),
    ...(tolerance !== undefined && { tolerance }),
    ...(typeof schedule === 'string' && { schedule }),
    ...(typeof businessImpact === 'string' && { businessImpact }),
    severity: severityOf(quality?.severity),
    ...(dimension !== undefined && { dimension }),
    expectation: expectationOf({ name, test, quality, where, tolerance }),
    pointer: `${place.pointer}${pointer}`,
    reference: quality?.id === undefined ? place.reference : `${place.reference}/quality/${quality.id}`,
  };
}

/** Texts and queries are described by who wrote them, where they did. */
function expectationOf({
  test,
  quality,
  where,
  tolerance,
}: Pick<Clause, 'test'> & { readonly [Key in 'name' | 'quality' | 'where' | 'tolerance']: Clause[Key] | undefined }): string {
  const inWords = quality?.type === 'text' || test.kind === 'sql' || test.kind === 'custom' ? quality?.description : undefined;
  const condition = where === undefined ? '' : ` where ${where.trim()}`;
  const unit = test.kind === 'reconciliation' && tolerance?.unit === 'rows' ? '' : ` ${tolerance?.unit ?? ''}`;
  const share = tolerance === undefined || tolerance.value === 0 ? '' : ` but for ${Number(tolerance.value.toPrecision(6))}${unit}`;
  return `${inWords ?? describeTest(test)}${condition}${share}`;
}

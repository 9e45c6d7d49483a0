import type { Contract, SchemaObject } from '../contract/contract.ts';
import { quoteName } from '../sql/quote.ts';
import { formatType, type WantedField } from '../table/wanted-type.ts';
import { type ObjectPlan, planObjects, type SampleOptions } from './object-plan.ts';
import { expressionOf } from './value-sql.ts';
import type { Left } from './wishes.ts';

/** Changes with every change of what is made, so that what was built of samples is built again. */
export const sampleVersion = 1;

/** Made-up rows of one object, as a SELECT in DuckDB's SQL that reads nothing. */
export interface SampledObject {
  readonly object: SchemaObject;
  readonly columns: readonly WantedField[];
  readonly rows: number;
  readonly sql: string;
}

export interface ContractSample {
  readonly objects: readonly SampledObject[];
  /** Promises that the rows may break. */
  readonly left: readonly Left[];
}

/**
 * Rows that keep a contract (ODCS "Schema" and "Data Quality"): types, nullability, keys, lists of values, options of logical types and
 * relationships among its objects. The same contract, seed and number of rows give the same rows; no data is read for them.
 */
export function sampleContract(contract: Contract, options: SampleOptions): ContractSample {
  const plans = planObjects(contract, options);
  const left = plans.flatMap((plan) => (plan.columns.length === 0 ? [{ what: plan.object.name, why: 'it has no columns' }] : plan.left));
  const made = plans.filter(({ columns }) => columns.length > 0);
  const objects = made.map((plan) => ({ object: plan.object, columns: plan.columns, rows: Number(plan.rows), sql: selectOf(plan, left) }));
  return { objects, left };
}

function selectOf(plan: ObjectPlan, left: Left[]): string {
  const columns = plan.columns.map((field) => {
    const value = expressionOf(field, { plan, path: [{ kind: 'field', name: field.name }], index: 'i', left });
    return `  CAST(${value} AS ${formatType(field.type, quoteName)}) AS ${quoteName(field.name)}`;
  });
  return `SELECT\n${columns.join(',\n')}\nFROM range(${plan.rows}) AS sample(i)`;
}

import type { DbtNode, Manifest } from '../adopt/dbt/manifest.ts';
import type { SchemaObject } from '../contract/contract.ts';
import type { JsonObject } from '../document/document.ts';
import { listOf, objectOf, textOf } from '../document/json.ts';

/** A dbt model, and the schema object of a contract that stands for it. */
export interface TestedModel {
  readonly manifest: Manifest;
  readonly model: DbtNode;
  /** The object as the contract writes it: a rule's pointer starts here. */
  readonly written: JsonObject;
  readonly contractId: string;
  readonly object: SchemaObject;
}

export interface WritingModel extends TestedModel {
  /** The contract as it is written. */
  readonly contract: JsonObject;
}

/** The model that a schema object stands for: by `dbtModel`, of the object or its contract, else by its name where it lies. */
export function modelOf(manifest: Manifest, written: JsonObject, contract: JsonObject): DbtNode | undefined {
  const named = [written, listOf(contract['schema']).length === 1 ? contract : {}].flatMap((one) =>
    listOf(one['customProperties'])
      .map(objectOf)
      .filter(({ property }) => property === 'dbtModel')
      .flatMap(({ value }) => textOf(value) ?? []),
  );
  const [id] = named;
  if (id !== undefined) return manifest.nodes[id];
  const table = textOf(written['physicalName']) ?? textOf(written['name']);
  const models = Object.values(manifest.nodes).filter(({ resource_type: type }) => type === 'model');
  const called = models.filter(({ name, alias }) => (alias ?? name).toLowerCase() === table?.toLowerCase());
  return called.length === 1 ? called[0] : undefined;
}

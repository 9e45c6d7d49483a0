import { stringify } from 'yaml';
import type { SchemaProperty } from '../contract/contract.ts';
import type { JsonObject } from '../document/document.ts';
import { optional } from '../document/json.ts';
import { isColumn } from '../table/contract-columns.ts';
import { type Export, type Exported, leftRules, together } from './export-subject.ts';
import { writtenType } from './written-type.ts';

/** A properties file of dbt (1.11) for each table: a model with an enforced contract, and the tests that every dbt has. */
export const exportDbt: Export = ({ contract }) =>
  together(
    contract.objects.map((object): Exported => {
      const model = {
        name: object.physicalName ?? object.name,
        ...optional('description', object.description),
        config: { contract: { enforced: true } },
        columns: object.properties.filter(isColumn).map(columnOf),
      };
      const key = object.properties.filter(({ primaryKeyPosition }) => primaryKeyPosition !== undefined);
      const constraints = key.length > 1 ? { constraints: [{ type: 'primary_key', columns: key.map(nameOf) }] } : {};
      return {
        files: [{ name: `${object.name}.yml`, text: stringify({ version: 2, models: [{ ...model, ...constraints }] }) }],
        left: leftRules(object, 'hanse export dbt-tests writes them as tests of their own'),
      };
    }),
  );

function nameOf({ physicalName, name }: SchemaProperty): string {
  return physicalName ?? name;
}

function columnOf(property: SchemaProperty): JsonObject {
  const required = property.required || property.primaryKeyPosition !== undefined;
  const tests = [
    ...(required ? ['not_null'] : []),
    ...(property.unique ? ['unique'] : []),
    ...(property.enum === undefined ? [] : [{ accepted_values: { arguments: { values: [...property.enum] } } }]),
  ];
  return {
    name: nameOf(property),
    data_type: writtenType(property).toLowerCase(),
    ...optional('description', property.description),
    ...(required && { constraints: [{ type: 'not_null' }] }),
    ...(tests.length > 0 && { data_tests: tests }),
  };
}

import type { Left } from '../adopt/draft.ts';
import type { Contract, SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { compileRules } from '../rule/compile-rules.ts';
import { physicalPath } from '../rule/physical-path.ts';
import { formatPath, type Path } from '../rule/rule.ts';
import { postgresType } from '../sql/postgres-type.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { isColumn, wantedType } from '../table/contract-columns.ts';
import { type Export, type Exported, leftRules, together } from './export-subject.ts';

/** PostgreSQL's statements for empty tables that hold what the contract says of one row: types, nulls, keys, values, ranges, lengths; comments too. */
export const exportSql: Export = ({ contract }) =>
  together(
    contract.objects.map((object): Exported => {
      const left = [...leftRules(object, 'a table’s definition looks at one row')];
      return { files: [{ name: `${object.name}.sql`, text: `${tableOf(object, contract, left)}\n` }], left };
    }),
  );

function tableOf(object: SchemaObject, contract: Contract, left: Left[]): string {
  const columns = object.properties.filter(isColumn);
  const name = quoteName(object.physicalName ?? object.name);
  const key = columns
    .filter(({ primaryKeyPosition }) => primaryKeyPosition !== undefined)
    .toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0));
  const parts = [
    ...columns.map((property) => columnOf(property, left)),
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.map(columnName).join(', ')})`]),
    ...foreignKeys(object, contract, left),
  ];
  const comments = [
    ...(object.description === undefined ? [] : [`COMMENT ON TABLE ${name} IS ${quoteText(object.description)};`]),
    ...columns.flatMap((property) =>
      property.description === undefined ? [] : [`COMMENT ON COLUMN ${name}.${columnName(property)} IS ${quoteText(property.description)};`],
    ),
  ];
  return [`CREATE TABLE ${name} (`, parts.map((part) => `  ${part}`).join(',\n'), ');', ...comments].join('\n');
}

function columnName({ physicalName, name }: SchemaProperty): string {
  return quoteName(physicalName ?? name);
}

function columnOf(property: SchemaProperty, left: Left[]): string {
  const checks = checksOf(property).map((check) => ` CHECK (${check})`);
  return `${columnName(property)} ${typeOf(property, left)}${property.required ? ' NOT NULL' : ''}${property.unique ? ' UNIQUE' : ''}${checks.join('')}`;
}

function typeOf(property: SchemaProperty, left: Left[]): string {
  const type = wantedType(property);
  if (type !== undefined) return postgresType(type);
  left.push({ what: `the type of ${property.name}`, why: 'it is not known: it is text' });
  return 'text';
}

function checksOf(property: SchemaProperty): readonly string[] {
  const name = columnName(property);
  const { logicalTypeOptions: options } = property;
  const bound = (key: string, test: (value: string) => string) => {
    const value = options[key];
    return typeof value === 'number' || typeof value === 'string' ? [test(typeof value === 'number' ? String(value) : quoteText(value))] : [];
  };
  const values = property.enum?.map((value) => (typeof value === 'string' ? quoteText(value) : String(value))) ?? [];
  return [
    ...(values.length === 0 ? [] : [`${name} IN (${values.join(', ')})`]),
    ...bound('minimum', (value) => `${name} >= ${value}`),
    ...bound('maximum', (value) => `${name} <= ${value}`),
    ...bound('exclusiveMinimum', (value) => `${name} > ${value}`),
    ...bound('exclusiveMaximum', (value) => `${name} < ${value}`),
    ...bound('minLength', (value) => `length(${name}) >= ${value}`),
    ...bound('maxLength', (value) => `length(${name}) <= ${value}`),
  ];
}

/** Within the contract; others are told. */
function foreignKeys(object: SchemaObject, contract: Contract, left: Left[]): readonly string[] {
  const rules = compileRules(object, contract).filter(({ pointer }) => /\/relationships\/\d+$/.test(pointer));
  return rules.flatMap(({ test, path, expectation }) => {
    const target = test.kind === 'relationship' ? contract.objects.find(({ name }) => name === test.to.relation) : undefined;
    if (test.kind === 'relationship' && target !== undefined && [...test.columns, ...test.to.columns].every((one) => one.length === 1))
      return [`FOREIGN KEY (${names(test.columns, object)}) REFERENCES ${quoteName(target.physicalName ?? target.name)} (${names(test.to.columns, target)})`];
    left.push({
      what: `${formatPath(path) || object.name}: ${test.kind === 'unsupported' ? test.what : expectation}`,
      why: 'it leads out of the contract, or has no form as a foreign key',
    });
    return [];
  });
}

function names(paths: readonly Path[], object: SchemaObject): string {
  return paths.map((path) => quoteName(formatPath(physicalPath(path, object)))).join(', ');
}

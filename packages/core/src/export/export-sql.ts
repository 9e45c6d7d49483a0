import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { objectOf, textOf } from '../document/json.ts';
import type { JsonValue } from '../document/document.ts';
import { parseReference } from '../rule/parse-reference.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { isColumn, wantedType } from '../table/contract-columns.ts';
import { formatType, type WantedType } from '../table/wanted-type.ts';
import { type Export, type Exported, together } from './export-subject.ts';

/** PostgreSQL's statements for empty tables that hold what the contract says of one row: types, nulls, keys, values, ranges, lengths; comments too. */
export const exportSql: Export = ({ contract }) =>
  together(
    contract.objects.map((object): Exported => {
      const left: { what: string; why: string }[] = [];
      const rules = object.quality.length + object.properties.reduce((sum, property) => sum + property.quality.length, 0);
      if (rules > 0) left.push({ what: `${rules} quality rules of ${object.name}`, why: 'a table’s definition looks at one row' });
      return { files: [{ name: `${object.name}.sql`, text: `${tableOf(object, contract.objects, left)}\n` }], left };
    }),
  );

type Left = { what: string; why: string }[];

function tableOf(object: SchemaObject, objects: readonly SchemaObject[], left: Left): string {
  const columns = object.properties.filter(isColumn);
  const name = quoteName(object.physicalName ?? object.name);
  const key = columns
    .filter(({ primaryKeyPosition }) => primaryKeyPosition !== undefined)
    .toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0));
  const parts = [
    ...columns.map((property) => columnOf(property, left)),
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.map(columnName).join(', ')})`]),
    ...columns.flatMap((property) => foreignKeys(property, objects, left)),
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

function columnOf(property: SchemaProperty, left: Left): string {
  const checks = checksOf(property).map((check) => ` CHECK (${check})`);
  return `${columnName(property)} ${typeOf(property, left)}${property.required ? ' NOT NULL' : ''}${property.unique ? ' UNIQUE' : ''}${checks.join('')}`;
}

function typeOf(property: SchemaProperty, left: Left): string {
  const type = wantedType(property);
  if (type !== undefined) return postgresType(type);
  left.push({ what: `the type of ${property.name}`, why: 'it is not known: it is text' });
  return 'text';
}

const NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  string: 'text',
  binary: 'bytea',
  timestamptz: 'timestamptz',
};

function postgresType(type: WantedType): string {
  if (type.kind === 'list')
    return type.element.kind === 'list' || type.element.kind === 'struct' || type.element.kind === 'map' ? 'jsonb' : `${postgresType(type.element)}[]`;
  if (type.kind === 'struct' || type.kind === 'map') return 'jsonb';
  if (type.kind === 'decimal') return `numeric(${type.precision},${type.scale})`;
  return NAMES[type.kind] ?? formatType(type).toLowerCase();
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

/** Within the contract, and of one column; others are told. */
function foreignKeys(property: SchemaProperty, objects: readonly SchemaObject[], left: Left): readonly string[] {
  return (property.relationships ?? []).flatMap((written) => {
    const to = textOf(objectOf(written as JsonValue)['to']);
    const reference = to === undefined ? undefined : parseReference(to, objects);
    const target = typeof reference === 'object' ? objects.find(({ name }) => name === reference.relation) : undefined;
    const [field, ...more] = typeof reference === 'object' ? reference.path : [];
    if (target !== undefined && field?.kind === 'field' && more.length === 0)
      return [`FOREIGN KEY (${columnName(property)}) REFERENCES ${quoteName(target.physicalName ?? target.name)} (${quoteName(field.name)})`];
    left.push({
      what: `the relationship of ${property.name} to ${to ?? 'several columns'}`,
      why: 'it leads out of the contract, or has no form as a foreign key',
    });
    return [];
  });
}

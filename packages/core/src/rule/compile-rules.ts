import type { Contract, QualityRule, SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { wantedType } from '../table/contract-columns.ts';
import { compileOptions } from './compile-options.ts';
import { compileQuality, severityOf } from './compile-quality.ts';
import { compileRelationship } from './compile-relationship.ts';
import { codeOf, describeTest, dimensionOf } from './describe-test.ts';
import type { Path, PathStep, Rule, RuleTest } from './rule.ts';

/** A property where it stands: nested ones know the way to them. */
interface Place {
  readonly object: SchemaObject;
  readonly contract: Pick<Contract, 'objects'>;
  readonly path: Path;
  /** Ids from the object inwards: the stem of rule ids. */
  readonly ids: readonly string[];
  readonly pointer: string;
  readonly reference: string;
}

interface Clause {
  readonly name: string;
  readonly test: RuleTest;
  readonly quality?: QualityRule;
}

/**
 * Every promise of a schema object (ODCS "Schema", "Data Quality") as a rule: each clause gives one, also where it cannot be
 * evaluated here. `contract` holds the objects that relationships may name. A primary key is one rule over its properties by position: not null and unique together.
 */
export function compileRules(object: SchemaObject, contract: Pick<Contract, 'objects'> = { objects: [object] }): readonly Rule[] {
  const place: Place = { object, contract, path: [], ids: [], pointer: '', reference: `schema/${object.id}` };
  const rules = [
    ...object.properties.flatMap((property, index) => propertyRules(property, inner(place, { kind: 'field', name: property.name }, `properties/${index}`, property.id))),
    ...primaryKey(object, place),
    ...qualityRules(object.quality, place),
    ...relationshipRules(object.relationships, place),
  ];
  return withUniqueIds(rules);
}

function propertyRules(property: SchemaProperty, place: Place): Rule[] {
  const flags: readonly (readonly [boolean, string, RuleTest])[] = [
    [place.path.length === 1, 'schema', schemaTest(property)],
    [property.required, 'required', { kind: 'required' }],
    [property.unique, 'unique', { kind: 'unique', columns: [place.path] }],
    [property.primaryKeyPosition !== undefined && place.path.length > 1, 'primaryKey', { kind: 'unsupported', what: 'a primary key inside a column' }],
  ];
  const written = property.enum;
  return [
    ...flags.flatMap(([stated, name, test]) => (stated ? [rule(place, { name, test }, name === 'schema' ? '' : `/${name}`)] : [])),
    ...(written === undefined ? [] : [rule(place, { name: 'enum', test: { kind: 'enum', values: written } }, '/enum')]),
    ...compileOptions(property.logicalTypeOptions, property.logicalType).map(([name, test]) => rule(place, { name, test }, `/logicalTypeOptions/${name}`)),
    ...qualityRules(property.quality, place),
    ...relationshipRules(property.relationships, place),
    ...nestedRules(property, place),
  ];
}

function schemaTest(property: SchemaProperty): RuleTest {
  const type = wantedType(property);
  if (type !== undefined) return { kind: 'schema', type };
  const unknown = property.physicalType ?? property.logicalType;
  return { kind: 'schema', ...(unknown !== undefined && { unknown }) };
}

function nestedRules(property: SchemaProperty, place: Place): Rule[] {
  const { items, keys, values } = property;
  return [
    ...property.properties.flatMap((field, index) => propertyRules(field, inner(place, { kind: 'field', name: field.name }, `properties/${index}`, field.id))),
    ...(items ? propertyRules(items, inner(place, { kind: 'element' }, 'items', 'items')) : []),
    ...(keys ? propertyRules(keys, inner(place, { kind: 'key' }, 'map/key', 'key')) : []),
    ...(values ? propertyRules(values, inner(place, { kind: 'value' }, 'map/value', 'value')) : []),
  ];
}

function primaryKey(object: SchemaObject, place: Place): Rule[] {
  const keyed = object.properties
    .flatMap((property, index) => (property.primaryKeyPosition === undefined ? [] : [{ property, index, position: property.primaryKeyPosition }]))
    .toSorted((a, b) => a.position - b.position);
  const [first] = keyed;
  if (first === undefined) return [];
  const columns = keyed.map(({ property }): Path => [{ kind: 'field', name: property.name }]);
  const path = columns.length === 1 && columns[0] !== undefined ? columns[0] : [];
  return [rule({ ...place, path }, { name: 'primaryKey', test: { kind: 'primaryKey', columns } }, `/properties/${first.index}/primaryKey`)];
}

function qualityRules(quality: readonly QualityRule[], place: Place): Rule[] {
  return quality.map((written, index) => {
    const name = `quality/${written.id ?? written.name ?? written.written.metric ?? written.written.rule ?? written.type}`;
    return rule(place, { name, test: compileQuality(written, place.path), quality: written }, `/quality/${index}`);
  });
}

function relationshipRules(relationships: readonly unknown[] | undefined, place: Place): Rule[] {
  const { object, contract, path } = place;
  return (relationships ?? []).map((written, index) =>
    rule(place, { name: 'relationship', test: compileRelationship(written, { object, objects: contract.objects, path }) }, `/relationships/${index}`),
  );
}

function inner(place: Place, step: PathStep, pointer: string, id: string): Place {
  const section = step.kind === 'field' ? `properties/${id}` : id;
  return {
    ...place,
    path: [...place.path, step],
    ids: [...place.ids, id],
    pointer: `${place.pointer}/${pointer}`,
    reference: `${place.reference}/${section}`,
  };
}

function rule(place: Place, { name, test, quality }: Clause, clause: string): Rule {
  const dimension = quality?.dimension ?? dimensionOf(test);
  return {
    id: [...place.ids, name].join('/'),
    code: codeOf(test),
    object: place.object.name,
    path: place.path,
    test,
    severity: severityOf(quality?.severity),
    ...(dimension !== undefined && { dimension }),
    expectation: (test.kind === 'text' || test.kind === 'sql') && quality?.description ? quality.description : describeTest(test),
    pointer: `${place.pointer}${clause}`,
    reference: quality?.id === undefined ? place.reference : `${place.reference}/quality/${quality.id}`,
  };
}

/** Two clauses may bear one name; the later ones are numbered in the order of the file. */
function withUniqueIds(rules: readonly Rule[]): Rule[] {
  const seen = new Map<string, number>();
  return rules.map((one) => {
    const count = (seen.get(one.id) ?? 0) + 1;
    seen.set(one.id, count);
    return count === 1 ? one : { ...one, id: `${one.id}~${count}` };
  });
}

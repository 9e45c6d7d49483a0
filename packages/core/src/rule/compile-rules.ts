import type { Contract, QualityRule, SchemaObject, SchemaProperty, SlaProperty } from '../contract/contract.ts';
import { wantedType } from '../table/contract-columns.ts';
import { compileOptions } from './compile-options.ts';
import { compileQuality } from './compile-quality.ts';
import { compileRelationship } from './compile-relationship.ts';
import { compileSla } from './compile-sla.ts';
import { customProperties, relaxedBy } from './custom-properties.ts';
import { narrowParts } from './narrow-parts.ts';
import { type Clause, inner, type Place, placeOf, ruleAt } from './rule-place.ts';
import type { Path, Rule, RuleTest } from './rule.ts';

/**
 * Every promise of a schema object (ODCS "Schema", "Data Quality", "Service-Level Agreement") as a rule: each clause gives one, also where
 * it cannot be evaluated here. `contract` holds its service levels, and the objects that relationships may name. A primary key is one
 * rule over its properties by position: not null and unique together.
 */
export function compileRules(object: SchemaObject, contract: Partial<Pick<Contract, 'objects' | 'sla'>> = {}): readonly Rule[] {
  const { objects = [object], sla = [] } = contract;
  const place = placeOf(object, { objects });
  const rules = [
    ...object.properties.flatMap((property, index) =>
      columnRules(property, inner(place, { kind: 'field', name: property.name }, `properties/${index}`, property.id)),
    ),
    ...primaryKey(object, place),
    ...qualityRules(object.quality, place),
    ...relationshipRules(object.relationships, place),
    ...sla.flatMap((level, index) => slaRules(level, index, place)),
  ];
  return withUniqueIds(rules);
}

/** What is calculated has no rows to look at. */
function columnRules(property: SchemaProperty, place: Place): readonly Rule[] {
  const rules = propertyRules(property, place);
  const { calculated } = property;
  return calculated === undefined
    ? rules
    : rules.map((rule) => ({ ...rule, test: { kind: 'words', why: `a ${calculated} is calculated, and no column holds it` } }));
}

function propertyRules(property: SchemaProperty, place: Place): Rule[] {
  const flags: readonly (readonly [boolean, string, RuleTest])[] = [
    [place.path.length === 1, 'schema', schemaTest(property)],
    [property.required, 'required', { kind: 'required' }],
    [property.unique, 'unique', { kind: 'unique', columns: [place.path] }],
    [property.primaryKeyPosition !== undefined && place.path.length > 1, 'primaryKey', { kind: 'unsupported', what: 'a primary key inside a column' }],
  ];
  const written = property.enum;
  const clause = (name: string, test: RuleTest) => relax({ name, test }, property);
  return [
    ...flags.flatMap(([stated, name, test]) => (stated ? [ruleAt(place, clause(name, test), name === 'schema' ? '' : `/${name}`)] : [])),
    ...(written === undefined ? [] : [ruleAt(place, clause('enum', { kind: 'enum', values: written }), '/enum')]),
    ...compileOptions(property.logicalTypeOptions, property.logicalType).map(([name, test]) =>
      ruleAt(place, clause(name, test), `/logicalTypeOptions/${name}`),
    ),
    ...qualityRules(property.quality, place),
    ...relationshipRules(property.relationships, place),
    ...nestedRules(property, place),
  ];
}

/** Custom properties `where` and `tolerance` of a property are about its rows: a type is right or wrong. */
function relax(clause: Clause, { customProperties: custom }: SchemaProperty): Clause {
  if (custom === undefined || clause.test.kind === 'schema' || clause.test.kind === 'unsupported') return clause;
  const relaxed = relaxedBy(customProperties(custom), clause.name);
  return typeof relaxed === 'string' ? { ...clause, test: { kind: 'unsupported', what: relaxed } } : { ...clause, ...relaxed };
}

function schemaTest(property: SchemaProperty): RuleTest {
  const type = wantedType(property);
  if (type !== undefined) {
    const narrow = narrowParts(property);
    return { kind: 'schema', type, ...(narrow.length > 0 && { narrow }) };
  }
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
  return [ruleAt({ ...place, path }, { name: 'primaryKey', test: { kind: 'primaryKey', columns } }, `/properties/${first.index}/primaryKey`)];
}

function qualityRules(quality: readonly QualityRule[], place: Place): Rule[] {
  return quality.flatMap((written, index) => {
    const name = `quality/${written.id ?? written.name ?? written.written.metric ?? written.written.rule ?? written.type}`;
    const checks = compileQuality(written, { object: place.object, objects: place.contract.objects, path: place.path });
    return checks.map(({ name: part, path = place.path, ...check }) => {
      const clause: Clause = { ...check, name: part === undefined ? name : `${name}/${part}`, quality: written };
      return ruleAt({ ...place, path }, clause, `/quality/${index}`);
    });
  });
}

function relationshipRules(relationships: readonly unknown[] | undefined, place: Place): Rule[] {
  const { object, contract, path } = place;
  return (relationships ?? []).map((written, index) =>
    ruleAt(place, { name: 'relationship', test: compileRelationship(written, { object, objects: contract.objects, path }) }, `/relationships/${index}`),
  );
}

function slaRules(level: SlaProperty, index: number, place: Place): Rule[] {
  return compileSla(level, place.object, place.contract.objects).map(({ name, path, test }) => ({
    ...ruleAt({ ...place, path }, { name: `sla/${level.id ?? name}`, test }, ''),
    pointer: `#/slaProperties/${index}`,
    reference: `slaProperties/${level.id ?? name}`,
    ...(test.kind === 'words' && { expectation: `${name} ${[level.value, level.unit].filter((part) => part !== undefined).join(' ')} is promised` }),
  }));
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

import { formatPath, type Path } from '../rule/rule.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { formatType, type WantedField, type WantedType } from '../table/wanted-type.ts';
import { leafSpace, type LeafType } from './leaf-space.ts';
import { type ObjectPlan, wishIn } from './object-plan.ts';
import type { Left } from './wishes.ts';

/** Of so many rows one has no value, where none is needed. */
const nullsIn = 20;
/** Items of one list have numbers of their own below this many. */
const itemsOfOne = 10_000;

/** Where a value stands, and the row that it is of. */
interface Spot {
  readonly plan: ObjectPlan;
  readonly path: Path;
  /** The SQL of the row's number. */
  readonly index: string;
  readonly left: Left[];
}

/** The SQL of a column or of a field of a struct, by the SQL of its row's number. */
export function expressionOf(field: WantedField, spot: Spot): string {
  const { plan, path } = spot;
  const value = valueSql(field.type, spot);
  if (field.required || isFull(plan, formatPath(path))) return value;
  return `CASE WHEN ${hash(spot, 'null')} % ${nullsIn} <> 0 THEN ${value} END`;
}

/** A value that must be there, or that holds one that must. */
function isFull({ wishes, numbers }: ObjectPlan, path: string): boolean {
  if (numbers.has(path) || wishIn(wishes, path).isFull) return true;
  return [...wishes.values].some(([other, { isFull: full }]) => full && (other.startsWith(`${path}.`) || other.startsWith(`${path}[]`)));
}

function hash({ plan, path, index }: Spot, what = ''): string {
  return `hash(${index}, ${quoteText(`${plan.seed}/${formatPath(path)}/${what}`)})`;
}

function valueSql(type: WantedType, spot: Spot): string {
  const parent = spot.plan.parents.get(formatPath(spot.path));
  if (parent !== undefined) return `CAST(${parentSql(spot, parent)} AS ${formatType(type, quoteName)})`;
  switch (type.kind) {
    case 'struct':
      return structSql(type, spot);
    case 'list':
      return listSql(type, spot);
    case 'map':
      return mapSql(type, spot);
    default:
      return leafSql(type, spot);
  }
}

/** Where a number of fields is promised, so many are there. */
function structSql({ fields }: WantedType & { readonly kind: 'struct' }, spot: Spot): string {
  const { tests } = wishIn(spot.plan.wishes, formatPath(spot.path));
  const most = Math.min(...tests.flatMap((test) => (test.kind === 'maxProperties' ? [test.value] : [])), fields.length);
  const isCounted = tests.some(({ kind }) => kind === 'minProperties' || kind === 'maxProperties');
  const isNeeded = (field: WantedField) => field.required || isFull(spot.plan, formatPath([...spot.path, { kind: 'field', name: field.name }]));
  const present = new Set(fields.toSorted((a, b) => Number(isNeeded(b)) - Number(isNeeded(a))).slice(0, most));
  const values = fields.map((field) => {
    const value = expressionOf(isCounted ? { ...field, required: true } : field, inside(spot, { kind: 'field', name: field.name }));
    return `${quoteText(field.name)}: ${present.has(field) ? value : `CAST(NULL AS ${formatType(field.type, quoteName)})`}`;
  });
  return `{${values.join(', ')}}`;
}

function inside(spot: Spot, step: Path[number], index = spot.index): Spot {
  return { ...spot, path: [...spot.path, step], index };
}

/** The value of a row that is referred to: one by chance, or each once where the reference is a key. */
function parentSql(spot: Spot, parent: NonNullable<ReturnType<ObjectPlan['parents']['get']>>): string {
  const { plan } = spot;
  const other = parent.plan === 'self' ? plan : parent.plan;
  const number = plan.numbers.get(parent.id)?.(spot.index) ?? `(hash(${spot.index}, ${quoteText(`${plan.seed}/${parent.id}/row`)}) % ${other.rows})::BIGINT`;
  const [step, ...rest] = parent.to;
  let type = other.columns.find(({ name }) => step?.kind === 'field' && step.name === name)?.type;
  for (const one of rest) type = type?.kind === 'struct' && one.kind === 'field' ? type.fields.find(({ name }) => name === one.name)?.type : undefined;
  return type === undefined ? 'NULL' : valueSql(type, { ...spot, plan: other, path: parent.to, index: number });
}

function leafSql(type: LeafType, spot: Spot, order?: string): string {
  const { plan, index, left } = spot;
  const path = formatPath(spot.path);
  const number = plan.numbers.get(path);
  const space = leafSpace(type, wishIn(plan.wishes, path), number === undefined && order === undefined ? undefined : plan.rows);
  const sqlType = formatType(type, quoteName);
  if (typeof space === 'string') {
    if (!left.some(({ what }) => what === `${plan.object.name}.${path}`)) left.push({ what: `${plan.object.name}.${path}`, why: space });
    const free = leafSpace(type, { tests: [], excluded: [], isFull: true }, undefined);
    return typeof free === 'string' ? `CAST(NULL AS ${sqlType})` : `CAST(${free.at(`(${hash(spot)} % ${free.size})::BIGINT`)} AS ${sqlType})`;
  }
  const drawn =
    order === undefined ? `(${hash(spot)} % ${space.size})::BIGINT` : `(((${hash(spot)} % ${space.size})::HUGEINT + ${order}) % ${space.size})::BIGINT`;
  return `CAST(${space.at(`(${number?.(index) ?? drawn})`)} AS ${sqlType})`;
}

/** How many items there are: between bounds that are promised, else a few; in a set no more than there are values. */
function countSql(spot: Spot, kinds: readonly [least: 'minItems' | 'minProperties', most: 'maxItems' | 'maxProperties'], values: number): string {
  const { plan, left } = spot;
  const { tests } = wishIn(plan.wishes, formatPath(spot.path));
  const bound = (kind: string) => tests.flatMap((test) => (test.kind === kind && 'value' in test && typeof test.value === 'number' ? [test.value] : []));
  const most = Math.min(...bound(kinds[1]), values);
  const wanted = Math.max(...bound(kinds[0]), 0);
  if (wanted > most) left.push({ what: `${plan.object.name}.${formatPath(spot.path)}`, why: `${wanted} items are asked for, and ${most} can be had` });
  const least = Math.min(Math.max(wanted, 1), most);
  const span = Math.min(most, least + 2) - least + 1;
  return span <= 1 ? `${least}` : `(${least} + (${hash(spot, 'count')} % ${span})::BIGINT)`;
}

function listSql({ element }: WantedType & { readonly kind: 'list' }, spot: Spot): string {
  const item = `x${spot.path.length}`;
  const isSet = wishIn(spot.plan.wishes, formatPath(spot.path)).tests.some(({ kind }) => kind === 'uniqueItems');
  const at = inside(spot, { kind: 'element' });
  const count = countSql(spot, ['minItems', 'maxItems'], isSet ? valuesOf(element, at) : Number.POSITIVE_INFINITY);
  return `list_transform(range(${count}), lambda ${item}: ${itemSql(element, at, { item, isSet })})`;
}

function mapSql({ key, value }: WantedType & { readonly kind: 'map' }, spot: Spot): string {
  const item = `x${spot.path.length}`;
  const count = countSql(spot, ['minProperties', 'maxProperties'], valuesOf(key, inside(spot, { kind: 'key' })));
  const items = (type: WantedType, kind: 'key' | 'value') =>
    `list_transform(range(${count}), lambda ${item}: ${itemSql(type, inside(spot, { kind }), { item, isSet: kind === 'key' })})`;
  return `map(${items(key, 'key')}, ${items(value, 'value')})`;
}

function isLeaf(type: WantedType): type is LeafType {
  return type.kind !== 'struct' && type.kind !== 'list' && type.kind !== 'map';
}

/** How many values differ in a set; those that hold others are not told apart. */
function valuesOf(type: WantedType, { plan, path }: Spot): number {
  const space = isLeaf(type) ? leafSpace(type, wishIn(plan.wishes, formatPath(path)), plan.rows) : undefined;
  return space === undefined || typeof space === 'string' ? 1 : Number(space.size);
}

/** One of several: in a set each takes the value after the one before. */
function itemSql(type: WantedType, spot: Spot, { item, isSet }: { readonly item: string; readonly isSet: boolean }): string {
  if (isSet && isLeaf(type)) return leafSql(type, spot, item);
  return valueSql(type, { ...spot, index: `(${spot.index} * ${itemsOfOne} + ${item})` });
}

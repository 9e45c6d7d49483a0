import type { Contract, SchemaObject } from '../contract/contract.ts';
import { formatPath, type Path } from '../rule/rule.ts';
import { meetsThreshold } from '../rule/threshold.ts';
import { isColumn, wantedType } from '../table/contract-columns.ts';
import type { WantedField, WantedType } from '../table/wanted-type.ts';
import { assignKeys } from './assign-keys.ts';
import { leafSpace } from './leaf-space.ts';
import type { Space } from './space.ts';
import { type Left, type Reference, type ValueWish, type Wishes, wishesOf } from './wishes.ts';

export interface SampleOptions {
  /** Equal seeds give equal rows. */
  readonly seed: number;
  /** Of each object, where its keys and its rules leave so many. */
  readonly rows: number;
}

/** How the rows of one object are made. */
export interface ObjectPlan {
  readonly object: SchemaObject;
  readonly columns: readonly WantedField[];
  readonly wishes: Wishes;
  readonly rows: bigint;
  /** By path, what its number is of a row's; a hash where there is none. A reference has one under all its paths. */
  readonly numbers: ReadonlyMap<string, (index: string) => string>;
  /** By path, the column of another row that it repeats. */
  readonly parents: ReadonlyMap<string, Parent>;
  /** Names what is hashed. */
  readonly seed: string;
  readonly left: readonly Left[];
}

export interface Parent {
  /** Of the reference as a whole: its columns share one number. */
  readonly id: string;
  readonly paths: readonly string[];
  readonly relation: string;
  readonly plan: ObjectPlan | 'self';
  readonly to: Path;
}

/** Plans every object of a contract, those that others refer to first. */
export function planObjects(contract: Contract, options: SampleOptions): readonly ObjectPlan[] {
  const own = contract.objects.map((object) => ({ name: object.name, wishes: wishesOf(object, contract) }));
  const references = own.flatMap((one) => one.wishes.references);
  const wishes = new Map(
    own.map((one) => [
      one.name,
      referredTo(
        one.wishes,
        references.filter(({ relation }) => relation === one.name),
      ),
    ]),
  );
  const plans = new Map<string, ObjectPlan | 'open'>();
  const planNamed = (name: string): ObjectPlan | 'open' | undefined => {
    const known = plans.get(name);
    const object = contract.objects.find((one) => one.name === name);
    const wish = wishes.get(name);
    if (known !== undefined || object === undefined || wish === undefined) return known;
    plans.set(name, 'open');
    const plan = planObject(object, { wishes: wish, options, planNamed });
    plans.set(name, plan);
    return plan;
  };
  return contract.objects.map(({ name }) => planNamed(name)).filter((plan) => plan !== undefined && plan !== 'open');
}

/** What an object asks, and what others ask of it: what they refer to is never null. */
function referredTo(own: Wishes, references: readonly Reference[]): Wishes {
  const values = new Map(own.values);
  for (const path of references.flatMap(({ to }) => to)) values.set(formatPath(path), { ...wishIn({ values }, formatPath(path)), isFull: true });
  return { ...own, values };
}

const NO_WISH: ValueWish = { tests: [], excluded: [], isFull: false };

export function wishIn({ values }: Pick<Wishes, 'values'>, path: string): ValueWish {
  return values.get(path) ?? NO_WISH;
}

interface Planning {
  readonly wishes: Wishes;
  readonly options: SampleOptions;
  readonly planNamed: (name: string) => ObjectPlan | 'open' | undefined;
}

function planObject(object: SchemaObject, { wishes, options, planNamed }: Planning): ObjectPlan {
  const left: Left[] = [...wishes.left];
  const columns = object.properties.filter(isColumn).map((property): WantedField => ({
    key: property.id,
    name: property.name,
    type: wantedType(property) ?? { kind: 'string' },
    required: property.required || property.primaryKeyPosition !== undefined,
  }));
  const parents = new Map<string, Parent>();
  // A composite reference keeps what one of its columns says of the same column elsewhere.
  for (const reference of wishes.references.toSorted((a, b) => b.columns.length - a.columns.length)) {
    if (reference.columns.every((path, place) => repeats(parents.get(formatPath(path)), reference, reference.to[place]))) continue;
    const plan = reference.relation === object.name ? 'self' : planNamed(reference.relation);
    const why = plan === undefined || plan === 'open' ? undefined : whyNoReference(reference, { columns, parents, plan });
    if (plan === undefined) left.push({ what: toldReference(object, reference), why: 'what it refers to is in another contract' });
    else if (plan === 'open') left.push({ what: toldReference(object, reference), why: 'the objects refer to each other in a circle' });
    else if (why !== undefined) left.push({ what: toldReference(object, reference), why });
    else addParent(parents, reference, plan);
  }
  const wanted = rowsWanted(object, wishes, options.rows);
  left.push(...wanted.left);
  const seed = `${options.seed}/${object.name}`;
  const known = { object, columns, wishes, parents, seed };
  const assigned = assignKeys(known, wanted.rows);
  if (assigned.rows < wanted.rows && !meetsCounts(wishes, Number(assigned.rows)))
    left.push({ what: `${object.name} ${ROW_COUNT}`, why: `its keys leave ${assigned.rows} rows` });
  return { ...known, rows: assigned.rows, numbers: assigned.numbers, left: [...left, ...assigned.left] };
}

function repeats(parent: Parent | undefined, { relation }: Reference, to: Path | undefined): boolean {
  return parent !== undefined && parent.relation === relation && to !== undefined && formatPath(parent.to) === formatPath(to);
}

function toldReference(object: SchemaObject, { columns, relation, to }: Reference): string {
  return `${object.name}.${columns.map(formatPath).join(', ')} refers to ${relation} ${to.map(formatPath).join(', ')}`;
}

interface Ends {
  readonly columns: readonly WantedField[];
  readonly parents: ReadonlyMap<string, Parent>;
  readonly plan: ObjectPlan | 'self';
}

function whyNoReference({ columns: paths, to }: Reference, { columns, parents, plan }: Ends): string | undefined {
  if (paths.some((path) => parents.has(formatPath(path)))) return 'one of its columns refers to something else too';
  const isLeaf = (fields: readonly WantedField[], path: Path) => leafAt(fields, path) !== undefined;
  if (!paths.every((path) => isLeaf(columns, path)) || !to.every((path) => isLeaf(plan === 'self' ? columns : plan.columns, path)))
    return 'only columns and fields of structs are made to refer';
  return undefined;
}

function addParent(parents: Map<string, Parent>, { columns, relation, to }: Reference, plan: ObjectPlan | 'self'): void {
  const paths = columns.map(formatPath);
  for (const [place, path] of paths.entries()) parents.set(path, { id: paths.join(' '), paths, relation, plan, to: to[place] ?? [] });
}

/** The type at a way through structs that holds no others. */
export function leafAt(fields: readonly WantedField[], [step, ...rest]: Path): Exclude<WantedType, { kind: 'list' | 'map' | 'struct' }> | undefined {
  const type = step?.kind === 'field' ? fields.find(({ name }) => name === step.name)?.type : undefined;
  if (type === undefined || type.kind === 'list' || type.kind === 'map') return undefined;
  if (type.kind === 'struct') return leafAt(type.fields, rest);
  return rest.length === 0 ? type : undefined;
}

/** The space of the values at a path, or why there is none. */
export function spaceAt({ columns, wishes }: Pick<ObjectPlan, 'columns' | 'wishes'>, path: Path, distinct: bigint | undefined): Space | string {
  const type = leafAt(columns, path);
  return type === undefined ? 'only columns and fields of structs are made distinct' : leafSpace(type, wishIn(wishes, formatPath(path)), distinct);
}

/** More rows than were asked for are made for a rule, but no more than so many. */
const mostRows = 100_000;
const ROW_COUNT = 'has a rule for its number of rows';

function meetsCounts({ rowCounts }: Wishes, rows: number): boolean {
  return rowCounts.every((threshold) => meetsThreshold(threshold, rows));
}

function rowsWanted({ name }: SchemaObject, wishes: Wishes, asked: number): { readonly rows: bigint; readonly left: readonly Left[] } {
  const bounds = wishes.rowCounts.flatMap(({ operator, value }) => {
    const [low, high] = typeof value === 'object' ? value : [Number(value), Number(value)];
    return operator === 'mustBeBetween' ? [low, high] : [low - 1, low, low + 1, high + 1];
  });
  const meets = (rows: number) => rows >= 0 && rows <= Math.max(asked, mostRows) && Number.isInteger(rows) && meetsCounts(wishes, rows);
  const rows = meets(asked) ? asked : bounds.filter(meets).toSorted((a, b) => Math.abs(a - asked) - Math.abs(b - asked))[0];
  if (rows !== undefined) return { rows: BigInt(rows), left: [] };
  return { rows: BigInt(asked), left: [{ what: `${name} ${ROW_COUNT}`, why: `no number of rows up to ${mostRows} keeps all that is asked of it` }] };
}

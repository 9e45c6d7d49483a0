import { formatPath, type Path } from '../rule/rule.ts';
import { type ObjectPlan, spaceAt } from './object-plan.ts';
import { splitIndex } from './split-index.ts';
import type { Left } from './wishes.ts';

type Known = Pick<ObjectPlan, 'object' | 'columns' | 'wishes' | 'parents' | 'seed'>;

/** What is distinct by its number: a column, or the columns of one reference. */
interface Unit {
  readonly id: string;
  readonly paths: readonly string[];
  readonly size: bigint;
}

export interface AssignedKeys {
  readonly rows: bigint;
  readonly numbers: ReadonlyMap<string, (index: string) => string>;
  readonly left: readonly Left[];
}

/** Gives each column of a key its part of a row's number, those of the shortest keys first; as few rows as the smallest key has values. */
export function assignKeys(known: Known, wanted: bigint): AssignedKeys {
  const left: Left[] = [];
  const numbers = new Map<string, (index: string) => string>();
  const own = new Set<string>();
  let rows = wanted;
  for (const key of known.wishes.keys.toSorted((a, b) => a.length - b.length)) {
    const what = `${known.object.name}: ${key.map(formatPath).join(', ')} distinct`;
    const units = unitsOf(known, key, rows);
    if (typeof units === 'string') left.push({ what, why: units });
    else if (!units.some(({ id }) => own.has(id))) {
      const free = units.filter(({ id }) => !numbers.has(id));
      const split = splitIndex(
        free.map(({ size }) => size),
        rows,
      );
      if (free.length === 0) left.push({ what, why: 'its columns are parts of other keys' });
      else if (split.rows < rows) left.push({ what, why: `its columns have ${split.rows} values that differ: there are as many rows` });
      if (free.length > 0) rows = split.rows;
      for (const [place, { id }] of free.entries()) {
        const { stride, radix } = split.digits[place] ?? { stride: 1n, radix: 1n };
        if (free.length === 1) own.add(id);
        numbers.set(id, free.length === 1 ? (index) => index : (index) => `((${index} // ${stride}) % ${radix})`);
      }
    }
  }
  return { rows, numbers, left };
}

function unitsOf(known: Known, key: readonly Path[], rows: bigint): readonly Unit[] | string {
  const inKey = new Set(key.map(formatPath));
  const units = new Map<string, Unit>();
  for (const path of key) {
    const parent = known.parents.get(formatPath(path));
    if (parent !== undefined) {
      const { plan, to } = parent;
      if (plan === 'self') return 'it refers to its own table';
      const isKeyThere = plan.wishes.keys.some(([first, ...others]) => others.length === 0 && first !== undefined && formatPath(first) === formatPath(to));
      if (!isKeyThere && !parent.paths.every((one) => inKey.has(one))) return 'it takes a part of a composite reference';
      units.set(parent.id, { id: parent.id, paths: parent.paths, size: plan.rows });
    } else {
      const space = spaceAt(known, path, rows);
      if (typeof space === 'string') return space;
      units.set(formatPath(path), { id: formatPath(path), paths: [formatPath(path)], size: space.size });
    }
  }
  return [...units.values()];
}

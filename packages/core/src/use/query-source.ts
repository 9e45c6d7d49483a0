import { fold } from './syntax.ts';

/** A table whose use is asked for. */
export interface AskedTable {
  readonly id: string;
  /** Each way to write its name, outermost part first: `[warehouse, shop, orders]`; a statement may leave out the first parts. */
  readonly names: readonly (readonly string[])[];
  /** Its columns; undefined where they are not known: a star of it is then unknown. */
  readonly columns: readonly string[] | undefined;
}

/** True where a source certainly has a column, false where it certainly has not, undefined where it may. */
export type Has = boolean | undefined;

/** What a FROM clause offers: a table, a subquery, a CTE, or something that computes rows. */
export interface Source {
  /** Marks a column as used, through whatever stars lead to it. */
  readonly use: (name: string) => Has;
  /** Marks all columns as used. */
  readonly useAll: () => void;
  /** Names of all its columns; undefined where they cannot be told. */
  readonly names: () => readonly string[] | undefined;
  /** Says that the use of whatever lies below cannot be told. */
  readonly blur: (why: string) => void;
}

/** What one statement uses of one asked table. */
export class TableUse {
  readonly table: AskedTable;
  readonly columns = new Map<string, string>();
  unknown: string | undefined;

  constructor(table: AskedTable) {
    this.table = table;
  }

  source(): Source {
    const { columns } = this.table;
    return {
      use: (name) => {
        const found = columns?.filter((column) => fold(column) === fold(name)) ?? [name];
        for (const column of found) this.columns.set(column, column);
        return columns === undefined ? undefined : found.length > 0;
      },
      useAll: () => {
        if (columns === undefined) this.unknown ??= 'a star of a table whose columns are not known';
        for (const column of columns ?? []) this.columns.set(column, column);
      },
      names: () => columns,
      blur: (why) => {
        this.unknown ??= why;
      },
    };
  }
}

/** Rows of which nothing is asked: another table, a function's result, values. */
export const opaque: Source = { use: () => undefined, useAll: () => undefined, names: () => undefined, blur: () => undefined };

/** A star that passes columns on, but for those that are left out or given another name. */
export interface Star {
  readonly of: Source;
  readonly without: ReadonlySet<string>;
}

/** A subquery's columns: those with a name of their own, whose origins are marked already, and what its stars pass on. */
export function derived(named: readonly string[], stars: readonly Star[]): Source {
  const own = new Set(named.map(fold));
  return {
    use: (name) => (own.has(fold(name)) ? true : either(stars.filter(({ without }) => !without.has(fold(name))).map(({ of }) => of.use(name)))),
    useAll: () => stars.forEach(({ of }) => of.useAll()),
    names: () => {
      const passed = stars.map(({ of, without }) => of.names()?.filter((name) => !without.has(fold(name))));
      return passed.every((names) => names !== undefined) ? [...named, ...passed.flat()] : undefined;
    },
    blur: (why) => stars.forEach(({ of }) => of.blur(why)),
  };
}

export function either(answers: readonly Has[]): Has {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

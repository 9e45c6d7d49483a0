/** A stream of numbers from 0 up to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Kind = 'number' | 'text' | 'list';

interface Field {
  readonly sql: string;
  readonly kind: Kind;
}

interface Relation {
  /** What stands after FROM. */
  readonly sql: string;
  readonly fields: readonly Field[];
}

export const randomTables = ['t0', 't1', 't2'] as const;
export const randomColumns: Readonly<Record<string, Kind>> = { k: 'number', x: 'number', z: 'number', y: 'text', w: 'text', l: 'list' };

/** A random SELECT over `f.t0` to `f.t2`, of any shape that the gate lets through, its rows decided by its text and data. */
export function randomSelect(random: Random): string {
  const writer = new SelectWriter(random);
  return writer.statement();
}

class SelectWriter {
  readonly #random: Random;
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  statement(): string {
    const expressions = this.#times(1 + this.#below(2), () => this.#commonTable());
    const heads = this.#chance(0.3) ? expressions : [];
    const body = this.#select(
      2,
      [],
      heads.map(({ name, fields }) => ({ name, fields })),
    ).sql;
    const recursive = heads.some(({ recursive }) => recursive) ? 'recursive ' : '';
    return heads.length === 0 ? body : `with ${recursive}${heads.map(({ sql }) => sql).join(', ')} ${body}`;
  }

  #commonTable(): { name: string; fields: readonly Field[]; sql: string; recursive: boolean } {
    const name = this.#name('c');
    if (this.#chance(0.3)) {
      const table = this.#pick(randomTables);
      const step = this.#pick([
        `select n + 1, m from ${name} where n < 4`,
        `select m, n + 1 from ${name} where n < 4`,
        `select r.n + 1, s.x from ${name} r join f.${table} s on s.k = r.n where r.n < 4`,
      ]);
      const all = step.includes('join') ? '' : this.#pick(['all', '']);
      const sql = `${name}(n, m) as (select k, x from f.${table} where ${this.#condition(1, [{ sql: 'z', kind: 'number' }])} union ${all} ${step})`;
      return {
        name,
        sql,
        recursive: true,
        fields: [
          { sql: 'n', kind: 'number' },
          { sql: 'm', kind: 'number' },
        ],
      };
    }
    const { sql, fields } = this.#select(1, [], []);
    const how = this.#pick(['', 'materialized ', 'not materialized ']);
    return { name, fields, recursive: false, sql: `${name} as ${how}(${sql})` };
  }

  #select(depth: number, outer: readonly Field[], named: readonly { name: string; fields: readonly Field[] }[]): { sql: string; fields: readonly Field[] } {
    if (depth > 0 && this.#chance(0.12)) return this.#setOperation(depth, outer, named);
    const from = this.#from(depth, named);
    const scope = [...from.fields, ...outer];
    const where = this.#chance(0.5) ? ` where ${this.#condition(depth, scope)}` : '';
    return this.#chance(0.3) ? this.#grouped(depth, `${from.sql}${where}`, scope) : this.#plain(depth, `${from.sql}${where}`, scope);
  }

  #plain(depth: number, rest: string, scope: readonly Field[]): { sql: string; fields: readonly Field[] } {
    const items = this.#items(depth, scope, (kind) => (this.#chance(0.2) ? this.#window(depth, scope, kind) : this.#expression(depth, scope, kind)));
    const unnested = this.#chance(0.08) ? this.#field(scope, 'list') : undefined;
    const list = unnested === undefined ? items.sql : `${items.sql}, unnest(${unnested}) as ${this.#name('u')}`;
    const distinct = unnested === undefined && this.#chance(0.1) ? 'distinct ' : '';
    const qualify = unnested === undefined && this.#chance(0.1) ? ` qualify rank() over (order by ${this.#expression(1, scope, 'number')}) < 3` : '';
    const limit = this.#chance(0.15) ? ` order by all limit ${1 + this.#below(4)}` : '';
    return { sql: `select ${distinct}${list} from ${rest}${qualify}${limit}`, fields: items.fields };
  }

  #grouped(depth: number, rest: string, scope: readonly Field[]): { sql: string; fields: readonly Field[] } {
    const keys = this.#times(this.#below(3), () => this.#expression(1, scope, this.#pick(['number', 'text'])));
    const keyed = keys.map((sql) => ({ sql, name: this.#name('g') }));
    const aggregates = this.#items(depth, scope, (kind) => this.#aggregate(scope, kind));
    const how =
      keys.length < 2 ? (text: string) => text : this.#pick([(text: string) => text, (text: string) => `rollup (${text})`, (text: string) => `cube (${text})`]);
    const group = keys.length === 0 ? '' : ` group by ${how(keyed.map(({ name }) => name).join(', '))}`;
    const having = this.#chance(0.2) ? ` having ${this.#aggregate(scope, 'number')} >= ${this.#below(4)}` : '';
    const list = [...keyed.map(({ sql, name }) => `${sql} as ${name}`), aggregates.sql].join(', ');
    return { sql: `select ${list} from ${rest}${group}${having}`, fields: aggregates.fields };
  }

  #setOperation(
    depth: number,
    outer: readonly Field[],
    named: readonly { name: string; fields: readonly Field[] }[],
  ): { sql: string; fields: readonly Field[] } {
    const side = (): string => {
      const from = this.#from(depth - 1, named);
      const scope = [...from.fields, ...outer];
      const where = this.#chance(0.4) ? ` where ${this.#condition(depth - 1, scope)}` : '';
      return `select ${this.#expression(1, scope, 'number')} as n, ${this.#expression(1, scope, 'text')} as s from ${from.sql}${where}`;
    };
    const operation = this.#pick(['union all', 'union', 'except', 'except all', 'intersect', 'intersect all', 'union all by name']);
    return {
      sql: `(${side()} ${operation} ${side()})`,
      fields: [
        { sql: 'n', kind: 'number' },
        { sql: 's', kind: 'text' },
      ],
    };
  }

  #items(depth: number, scope: readonly Field[], make: (kind: Kind) => string): { sql: string; fields: readonly Field[] } {
    const fields = this.#times(1 + this.#below(3), (): Field & { made: string } => {
      const kind = this.#pick(['number', 'number', 'text'] as const);
      return { sql: this.#name('o'), kind, made: make(kind) };
    });
    if (depth > 1 && this.#chance(0.05)) fields.push({ sql: this.#name('o'), kind: 'list', made: this.#expression(depth, scope, 'list') });
    return { sql: fields.map(({ sql, made }) => `${made} as ${sql}`).join(', '), fields };
  }

  #from(depth: number, named: readonly { name: string; fields: readonly Field[] }[]): Relation {
    const left = this.#relation(depth, named);
    if (depth === 0 || this.#chance(0.5)) return left;
    const right = this.#relation(depth - 1, named);
    const both = [...left.fields, ...right.fields];
    // DuckDB 1.5.5 fails inside where an ASOF JOIN stands over EXCEPT ALL; the positions of a UNION ALL are not fixed.
    const tables = [left, right].every(({ sql }) => /^f\.\S+ \S+$/.test(sql));
    const one = this.#field(left.fields, 'number') ?? '1';
    const other = this.#field(right.fields, 'number') ?? '1';
    const join = (type: string, condition: string, fields: readonly Field[] = both): Relation => ({
      sql: `${left.sql} ${type} join ${right.sql}${condition}`,
      fields,
    });
    return this.#pick([
      () => join('', ` on ${one} = ${other}`),
      () => join('left', ` on ${one} = ${other} and ${this.#condition(0, both)}`),
      () => join('full', ` on ${one} = ${other}`),
      () => join('semi', ` on ${one} = ${other}`, left.fields),
      () => join('anti', ` on ${one} = ${other}`, left.fields),
      () => join(tables ? 'asof' : '', ` on ${one} >= ${other}`),
      () => join('cross', ''),
      () => (tables ? join('positional', '') : join('cross', '')),
      () => join('', ` on ${this.#condition(0, both)}`),
      () => this.#lateral(depth, left),
      () => this.#unnested(left),
    ])();
  }

  #lateral(depth: number, left: Relation): Relation {
    const name = this.#name('v');
    const { sql, fields } = this.#select(depth - 1, left.fields, []);
    return { sql: `${left.sql}, lateral (${sql}) ${name}`, fields: [...left.fields, ...fields.map((field) => ({ ...field, sql: `${name}.${field.sql}` }))] };
  }

  #unnested(left: Relation): Relation {
    const name = this.#name('u');
    const list = this.#field(left.fields, 'list');
    const source = list === undefined ? `range(${this.#field(left.fields, 'number') ?? '2'})` : `unnest(${list})`;
    return { sql: `${left.sql}, ${source} ${name}(e)`, fields: [...left.fields, { sql: `${name}.e`, kind: 'number' }] };
  }

  #relation(depth: number, named: readonly { name: string; fields: readonly Field[] }[]): Relation {
    const alias = this.#name('a');
    const under = (fields: readonly Field[]) => fields.map((field) => ({ ...field, sql: `${alias}.${field.sql}` }));
    const common = named.length > 0 && this.#chance(0.5) ? this.#pick(named) : undefined;
    if (common !== undefined) return { sql: `${common.name} ${alias}`, fields: under(common.fields) };
    if (depth > 0 && this.#chance(0.3)) {
      const inner = this.#select(depth - 1, [], named);
      return { sql: `(${inner.sql}) ${alias}`, fields: under(inner.fields) };
    }
    if (this.#chance(0.06))
      return {
        sql: `(values (1, 'p'), (2, null)) ${alias}(n, s)`,
        fields: under([
          { sql: 'n', kind: 'number' },
          { sql: 's', kind: 'text' },
        ]),
      };
    if (this.#chance(0.05)) {
      const pivot = `pivot f.${this.#pick(randomTables)} on y in ('p', 'q') using sum(x) as s group by k`;
      return {
        sql: `(${pivot}) ${alias}`,
        fields: under([
          { sql: 'k', kind: 'number' },
          { sql: 'p_s', kind: 'number' },
        ]),
      };
    }
    const fields = Object.entries(randomColumns).map(([sql, kind]) => ({ sql, kind }));
    return { sql: `f.${this.#pick(randomTables)} ${alias}`, fields: under(fields) };
  }

  #expression(depth: number, scope: readonly Field[], kind: Kind): string {
    if (this.#chance(depth > 0 ? 0.45 : 0.8)) return this.#field(scope, kind) ?? this.#constant(kind);
    return kind === 'number' ? this.#number(depth, scope) : kind === 'text' ? this.#text(depth, scope) : this.#list(depth, scope);
  }

  #number(depth: number, scope: readonly Field[]): string {
    const next = (kind: Kind): string => this.#expression(depth - 1, scope, kind);
    return this.#pick([
      () => `(${next('number')} + ${next('number')})`,
      () => `(${next('number')} % 3)`,
      () => `length(${next('text')})`,
      () => `coalesce(${next('number')}, ${next('number')})`,
      () => `case when ${this.#condition(depth - 1, scope)} then ${next('number')} else ${next('number')} end`,
      () => `list_sum(list_transform(${next('list')}, lambda e: e + ${next('number')}))::int`,
      () => `${next('list')}[1 + ${next('number')}]`,
      () => `len(list_filter(${next('list')}, lambda e: e > ${next('number')}))::int`,
      () => `try_cast(${next('text')} as int)`,
      () => (depth > 0 ? this.#scalar(depth, scope) : this.#constant('number')),
    ])();
  }

  #text(depth: number, scope: readonly Field[]): string {
    const next = (kind: Kind): string => this.#expression(depth - 1, scope, kind);
    return this.#pick([
      () => `(${next('text')} || ${next('text')})`,
      () => `upper(${next('text')})`,
      () => `(${next('number')})::varchar`,
      () => `if(${this.#condition(depth - 1, scope)}, ${next('text')}, ${next('text')})`,
      () => `{'a': ${next('text')}, 'b': ${next('number')}}.a`,
    ])();
  }

  #list(depth: number, scope: readonly Field[]): string {
    const next = (kind: Kind): string => this.#expression(depth - 1, scope, kind);
    return this.#pick([
      () => `[${next('number')}, ${next('number')}]`,
      () => `list_sort(${next('list')})`,
      () => `[e + 1 for e in ${next('list')} if e > ${next('number')}]`,
    ])();
  }

  #scalar(depth: number, scope: readonly Field[]): string {
    const inner = this.#relation(depth - 1, []);
    const all = [...inner.fields, ...scope];
    return `(select ${this.#pick(['max', 'sum', 'count'])}(${this.#expression(0, all, 'number')})::int from ${inner.sql} where ${this.#condition(depth - 1, all)})`;
  }

  #condition(depth: number, scope: readonly Field[]): string {
    const next = (kind: Kind): string => this.#expression(Math.max(depth - 1, 0), scope, kind);
    const simple = [
      () => `${next('number')} ${this.#pick(['=', '<', '>=', '<>', 'is distinct from'])} ${next('number')}`,
      () => `${next('text')} ${this.#pick(['=', '<', 'like'])} ${next('text')}`,
      () => `${next('number')} is ${this.#pick(['null', 'not null'])}`,
      () => `${next('number')} in (1, 3, ${next('number')})`,
      () => `${next('number')} between 1 and ${next('number')}`,
    ];
    if (depth <= 0) return this.#pick(simple)();
    return this.#pick([
      ...simple,
      () => `(${this.#condition(depth - 1, scope)} ${this.#pick(['and', 'or'])} ${this.#condition(depth - 1, scope)})`,
      () => `not (${this.#condition(depth - 1, scope)})`,
      () => `${this.#pick(['exists', 'not exists'])} (${this.#select(depth - 1, scope, []).sql})`,
      () => {
        const inner = this.#relation(depth - 1, []);
        const all = [...inner.fields, ...scope];
        return `${next('number')} ${this.#pick(['in', 'not in', '> all', '= any'])} (select ${this.#expression(0, all, 'number')} from ${inner.sql} where ${this.#condition(0, all)})`;
      },
    ])();
  }

  #aggregate(scope: readonly Field[], kind: Kind): string {
    const filter = this.#chance(0.2) ? ` filter (where ${this.#condition(0, scope)})` : '';
    if (kind === 'text') return `${this.#pick(['min', 'max'])}(${this.#expression(1, scope, 'text')})${filter}`;
    const of = this.#expression(1, scope, 'number');
    const by = this.#expression(0, scope, 'number');
    // Of equals the engine may take any, so ties are broken by the value itself.
    return this.#pick([
      `sum(${of})${filter}`,
      `min(${of})${filter}`,
      `count(${of})${filter}`,
      `count(distinct ${of})${filter}`,
      `count(*)${filter}`,
      `arg_min(${of}, {'a': ${by}, 'b': ${of}})${filter}`,
      `(list(${of} order by ${by}, ${of})${filter})[1]`,
      `quantile_disc(${of}, 0.5)${filter}`,
    ]);
  }

  #window(depth: number, scope: readonly Field[], kind: Kind): string {
    const of = this.#expression(0, scope, kind);
    const call = kind === 'number' ? this.#pick([`sum(${of})`, 'rank()', 'count(*)', `max(${of})`]) : `max(${of})`;
    const partition = this.#chance(0.5) ? `partition by ${this.#expression(0, scope, this.#pick(['number', 'text']))} ` : '';
    const order = call === 'rank()' || this.#chance(0.5) ? `order by ${this.#expression(Math.min(depth, 1), scope, 'number')}` : '';
    return `${call} over (${partition}${order})`;
  }

  #constant(kind: Kind): string {
    return kind === 'number' ? String(this.#below(5)) : kind === 'text' ? this.#pick(["'p'", "'q'", "'1'"]) : '[1, 2]';
  }

  #field(scope: readonly Field[], kind: Kind): string | undefined {
    const fitting = scope.filter((field) => field.kind === kind);
    return fitting.length === 0 ? undefined : this.#pick(fitting).sql;
  }

  #name(start: string): string {
    this.#names += 1;
    return `${start}${this.#names}`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[this.#below(from.length)];
    if (picked === undefined) throw new Error('Nothing to pick from.');
    return picked;
  }

  #times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

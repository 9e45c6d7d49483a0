import type { Compiled, Field, Value } from './dialect.ts';
import type { Frame } from './frame.ts';
import type { Path } from './rule.ts';
import { matchPairs } from './unmatched-rows.ts';
import { valueAt } from './violation.ts';

interface Theirs {
  readonly columns: readonly Path[];
  readonly fields: readonly Field[];
  readonly name: string;
}

interface Asked {
  readonly asked: string;
  readonly relation: string;
  readonly frame: Frame;
}

/** What follows SELECT to read the rows of which an item of a list has no counterpart. One list deep: items of items are an error. */
export function itemOrphans(path: Path, theirs: Theirs, { asked, relation, frame: { columns, dialect } }: Asked): Compiled {
  const place = path.findIndex(({ kind }) => kind !== 'field');
  const step = path[place]?.kind;
  const list = valueAt(path.slice(0, place), columns, dialect);
  if ('error' in list) return list;
  const items: Value | undefined = step === undefined || step === 'field' ? undefined : dialect.items(step, list);
  if (items?.type.kind !== 'list') return { error: `a relationship of the ${String(step)}s of what has none` };
  const item: Field = { name: 'item', type: items.type.element };
  const pairs = matchPairs({ columns: [[{ kind: 'field', name: 'item' }, ...path.slice(place + 1)]], fields: [item] }, theirs, dialect);
  if ('error' in pairs) return pairs;
  const [pair] = pairs.pairs;
  if (pair === undefined) return { error: 'no column is named' };
  const none = `NOT EXISTS (SELECT 1 FROM (SELECT ${pair.theirs.sql} AS o0 FROM ${relation}) AS theirs WHERE theirs.o0 = ${pair.own.sql})`;
  return {
    sql: `FROM (SELECT * FROM \${object}) AS ours WHERE EXISTS (SELECT 1 FROM (SELECT unnest(${items.sql}) AS item) AS items WHERE ${dialect.isPresent(pair.own)} AND ${none}) AND ${asked}`,
  };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineageEdge, type LineageNode, reachOf } from './lineage-graph.ts';

const node = (text: string): LineageNode => {
  const [table = '', column] = text.split('.');
  return { table, column: column ?? null };
};
const edge = (from: string, to: string): LineageEdge => ({ from: node(from), to: node(to) });
const spoken = (edges: readonly LineageEdge[]) => edges.map(({ from, to }) => `${from.table}.${from.column} > ${to.table}.${to.column}`);

const EDGES = [edge('raw.a', 'mid.x'), edge('raw.b', 'mid.y'), edge('mid.x', 'out.p'), edge('mid.y', 'out'), edge('out.p', 'far.q'), edge('far.q', 'raw.a')];

test('a column is followed both ways over several tables, and around a circle once', () => {
  const { up, down } = reachOf(EDGES, { table: 'mid', column: 'x' });
  expect(spoken(up)).toEqual(['raw.a > mid.x', 'far.q > raw.a', 'out.p > far.q', 'mid.x > out.p']);
  expect(spoken(down)).toEqual(['mid.x > out.p', 'out.p > far.q', 'far.q > raw.a', 'raw.a > mid.x']);
});

test('what decides the rows of a table reaches all that is computed from it', () => {
  expect(spoken(reachOf(EDGES.slice(0, 5), { table: 'mid', column: 'y' }).down)).toEqual(['mid.y > out.null', 'out.p > far.q']);
});

test('a table that nothing touches has no lineage', () => {
  expect(reachOf(EDGES, { table: 'other' })).toEqual({ up: [], down: [] });
});

test('whoever is found downwards finds the start upwards', () => {
  const column = fc.constantFrom('a.1', 'a.2', 'b.1', 'b.2', 'c.1', 'd.1', 'd.2');
  fc.assert(
    fc.property(fc.array(fc.tuple(column, column), { maxLength: 12 }), column, (pairs, start) => {
      const edges = pairs.map(([from, to]) => edge(from, to));
      const { table, column: name } = node(start);
      for (const { to } of reachOf(edges, { table, column: name ?? undefined }).down) {
        const back = reachOf(edges, { table: to.table, column: to.column ?? undefined }).up;
        expect(back.some(({ from }) => from.table === table && from.column === name)).toBe(true);
      }
    }),
  );
});

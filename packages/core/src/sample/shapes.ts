import type { PatternNode } from './parse-pattern.ts';

/** Texts of one length: what may stand at each place. */
export type Shape = readonly (readonly string[])[];

/** More shapes of one pattern are left out, those of all lengths evenly. */
const mostShapes = 160;
/** Beyond its least, a repetition is tried so many times more. */
const moreTimes = 8;

/** The shapes of a pattern's texts that are no longer than `reach` or not much longer than they must be. */
export function shapesOf(node: PatternNode, reach: number): readonly Shape[] {
  switch (node.kind) {
    case 'set':
      return [[node.characters]];
    case 'choice':
      return thinned(node.of.flatMap((one) => shapesOf(one, reach)));
    case 'sequence':
      return node.of.reduce<readonly Shape[]>((so, one) => followed(so, shapesOf(one, reach)), [[]]);
    case 'repeat':
      return repeated(node, reach);
    default:
      return node satisfies never;
  }
}

function repeated({ of, least, most }: PatternNode & { readonly kind: 'repeat' }, reach: number): readonly Shape[] {
  const inner = shapesOf(of, reach);
  const top = Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(least + moreTimes, reach));
  const found: Shape[] = [];
  let times: readonly Shape[] = [[]];
  for (let count = 0; count <= top; count += 1) {
    if (count >= least) found.push(...times);
    if (count < top) times = followed(times, inner);
  }
  return thinned(found);
}

function followed(before: readonly Shape[], after: readonly Shape[]): readonly Shape[] {
  return thinned(before.flatMap((head) => after.map((tail) => [...head, ...tail])));
}

/** Of each length as many. */
function thinned(shapes: readonly Shape[]): readonly Shape[] {
  if (shapes.length <= mostShapes) return shapes;
  const byLength = Map.groupBy(shapes, ({ length }) => length);
  const each = Math.max(1, Math.floor(mostShapes / byLength.size));
  return [...byLength.values()].flatMap((ofLength) => ofLength.slice(0, each));
}

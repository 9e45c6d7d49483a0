import type { TreeFiles } from '@hanse/core/api/shapes.ts';
import { type ParsedTree, parseTreeInTurns } from '@hanse/core/plan/parse-tree.ts';

/** Documents are parsed for so long before others have their turn. */
const TURN_MS = 20;

/** Parses a tree while others have their turns; `known` as `parseTreeInTurns` takes it. */
export async function parseInTurns({ files, ignored }: TreeFiles, known?: ParsedTree): Promise<ParsedTree> {
  const steps = parseTreeInTurns(files, ignored, known?.parsed);
  for (let began = performance.now(); ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
}

import { z } from 'zod';

const lineageNodeShape = z.object({
  table: z.string(),
  column: z.string().nullable().describe('Null for the table as a whole: the rows there are, their groups and order'),
});

/** One step of data: `to` is computed from `from`, or its rows are decided by it. */
export const lineageEdgeShape = z.object({ from: lineageNodeShape, to: lineageNodeShape });

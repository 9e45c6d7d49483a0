import type { z } from 'zod';

/** One thing that Hanse does for a caller, the same in process and over HTTP. */
export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly method: 'GET' | 'POST';
  /** Hono's form: `/api/products/:domain/:product`. Inputs named in the path are taken from it, others from query or body. */
  readonly path: string;
  readonly input: Input;
  readonly output: Output;
  /** Long work: over HTTP a caller that accepts `application/x-ndjson` is sent progress before the result. */
  readonly long?: true;
  /** On loopback nobody has to say who they are for it. */
  readonly open?: true;
}

export function operation<Input extends z.ZodType, Output extends z.ZodType>(definition: Operation<Input, Output>): Operation<Input, Output> {
  return definition;
}

import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { errorShape } from '@hanse/core/api/shapes.ts';
import type { z } from 'zod';
import { ExternalError, UserError, userErrors, withoutFolders } from '../error.ts';

export type ErrorBody = z.infer<typeof errorShape>;

/** An error as the caller may see it: ours keep their words, an assertion keeps its stack to itself. */
export function describeError(error: unknown): { readonly status: ContentfulStatusCode; readonly body: ErrorBody } {
  if (error instanceof UserError) return described(userErrors[error.code].status, error.code, error);
  if (error instanceof ExternalError) return described(502, 'external', { message: withoutFolders(error.message), hint: error.hint });
  console.error(error);
  return { status: 500, body: { error: { code: 'internal', message: 'Hanse failed; this is our bug. The server printed its stack.' } } };
}

function described(
  status: ContentfulStatusCode,
  code: string,
  error: { readonly message: string; readonly hint: string | undefined },
): { status: ContentfulStatusCode; body: ErrorBody } {
  return { status, body: { error: { code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } } };
}

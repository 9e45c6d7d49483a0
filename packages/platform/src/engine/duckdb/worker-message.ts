import { ExternalError, UserError, type UserErrorCode, userErrors } from '../../error.ts';

/** What a worker is told: a request, answered once, or to stop the one it is at. */
export type ToWorker = { readonly kind: 'request'; readonly id: number; readonly request: unknown } | { readonly kind: 'interrupt' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly id: number; readonly done: number }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly fault: Fault };

/** An error on its way between processes. `external`: the worker is not to be used again. */
export type Fault =
  | { readonly kind: 'user'; readonly code: UserErrorCode; readonly message: string; readonly hint?: string }
  | { readonly kind: 'external'; readonly message: string; readonly hint?: string }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string };

export function faultOf(error: unknown): Fault {
  if (error instanceof UserError || error instanceof ExternalError) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    if (error instanceof ExternalError) return { kind: 'external', message: error.message, ...hint };
    return { kind: 'user', code: error.code, message: error.message, ...hint };
  }
  if (error instanceof Error) return { kind: 'bug', message: error.message, stack: error.stack ?? '' };
  return { kind: 'bug', message: String(error), stack: '' };
}

export function errorOf(fault: Fault): Error {
  switch (fault.kind) {
    case 'user':
      return new UserError(fault.code in userErrors ? fault.code : 'statement', fault.message, fault.hint);
    case 'external':
      return new ExternalError(fault.message, fault.hint === undefined ? {} : { hint: fault.hint });
    case 'bug':
      return Object.assign(new Error(fault.message), { stack: fault.stack });
    default:
      return fault satisfies never;
  }
}

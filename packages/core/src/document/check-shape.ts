import type { z } from 'zod';
import type { Finding } from '../finding/finding.ts';
import { explainShape } from './explain-shape.ts';
import { valueAt } from './path-text.ts';
import { positionOf, type Path, type SourceDocument } from './source-document.ts';

export type Shaped<T> = { readonly value: T; readonly findings: readonly Finding[] } | { readonly value?: undefined; readonly findings: readonly Finding[] };

/** A document, or the part of it at a path, as its schema types it; or findings with the place of each fault. */
export function checkShape<T>(document: SourceDocument, schema: z.ZodType<T>, at: Path = []): Shaped<T> {
  const result = schema.safeParse(valueAt(document.value, at));
  if (result.success) return { value: result.data, findings: [] };
  const explained = explainShape({ value: document.value, schema, at }, result.error);
  return {
    findings: explained.map(({ path, part, message, hint }) => ({
      code: 'document.shape',
      severity: 'error',
      at: positionOf(document, path, part),
      message,
      hint,
    })),
  };
}

import type { JsonValue } from '@hanse/core/document/document.ts';
import { descriptionAt, explainShape } from '@hanse/core/document/explain-shape.ts';
import type { z } from 'zod';
import { UserError } from '../error.ts';

/** An operation's input as its shape types it; `UserError` that names each fault and says what the first wrong input is for. */
export function parseInput<Shape extends z.ZodType>(shape: Shape, input: unknown): z.output<Shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  const explained = explainShape({ value: input as JsonValue, schema: shape, at: [] }, parsed.error);
  const [first] = explained;
  const meant = first === undefined || first.part === 'key' ? undefined : descriptionAt(shape, parsed.error.issues[0]?.path.map(String) ?? []);
  throw new UserError('usage', explained.map(({ message }) => message).join('; '), meant === undefined ? first?.hint : `It is: ${meant}.`);
}

import type { JsonObject, JsonValue } from '../document/document.ts';
import { listOf, objectOf, textOf } from '../document/json.ts';
import { scalars } from './compile-options.ts';
import type { RowTest, Scalar } from './rule.ts';

/** What counts as missing beside null, and what a valid value keeps; undefined where that is said in a way we do not carry over. */
export interface Validity {
  readonly missing: readonly Scalar[];
  readonly tests: readonly RowTest[] | undefined;
}

/** Options that say nothing about what must hold. */
const aside = new Set([
  'name',
  'samples limit',
  'samples columns',
  'attributes',
  'identity',
  'qualifier',
  'filter',
  'unit',
  'metric',
  'title',
  'description',
  'samples_limit',
]);

type Valid = (value: JsonValue) => RowTest | undefined;

const formats: Readonly<Record<string, RowTest>> = {
  email: { kind: 'format', format: 'email' },
  uuid: { kind: 'format', format: 'uuid' },
  url: { kind: 'format', format: 'uri' },
  'ipv4 address': { kind: 'format', format: 'ipv4' },
  'ipv6 address': { kind: 'format', format: 'ipv6' },
  integer: { kind: 'pattern', pattern: '^[-+]?[0-9]+$' },
  'positive integer': { kind: 'pattern', pattern: '^\\+?[0-9]+$' },
  'negative integer': { kind: 'pattern', pattern: '^-[0-9]+$' },
};

/** By option, spaces for underscores. */
const valid: Readonly<Record<string, Valid>> = {
  'valid values': (value) => ({ kind: 'enum', values: scalars(listOf(value)) }),
  'invalid values': (value) => ({ kind: 'noneOf', values: scalars(listOf(value)) }),
  'valid regex': (value) => (typeof value === 'string' ? { kind: 'pattern', pattern: value } : undefined),
  'valid format': (value) => (typeof value === 'string' ? formats[value] : pattern(objectOf(value)['regex'])),
  'valid min': (value) => (typeof value === 'number' ? { kind: 'minimum', value } : undefined),
  'valid max': (value) => (typeof value === 'number' ? { kind: 'maximum', value } : undefined),
  'valid min length': (value) => (typeof value === 'number' ? { kind: 'minLength', value } : undefined),
  'valid max length': (value) => (typeof value === 'number' ? { kind: 'maxLength', value } : undefined),
  'valid length': (value) =>
    typeof value === 'number'
      ? {
          kind: 'allOf',
          tests: [
            { kind: 'minLength', value },
            { kind: 'maxLength', value },
          ],
        }
      : undefined,
};

function pattern(value: JsonValue | undefined): RowTest | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : { kind: 'pattern', pattern: text };
}

/** The first option that is not carried over. */
export function strangeOption(options: JsonObject): string | undefined {
  return Object.keys(options).find((key) => {
    const name = key.replaceAll('_', ' ');
    return !aside.has(key) && !aside.has(name) && name !== 'missing values' && !Object.hasOwn(valid, name);
  });
}

export function validity(options: JsonObject): Validity {
  const named = Object.entries(options).map(([key, value]) => [key.replaceAll('_', ' '), value] as const);
  const missing = named.flatMap(([name, value]) => (name === 'missing values' ? scalars(listOf(value)) : []));
  const tests = named.filter(([name]) => Object.hasOwn(valid, name)).map(([name, value]) => valid[name]?.(value));
  return { missing, tests: tests.every((test) => test !== undefined) ? tests : undefined };
}

import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { JsonValue } from './document.ts';
import { listText, shown, typeHints } from './explain-schema-errors.ts';
import { isObject } from './json.ts';
import { documentLimits } from './limits.ts';
import { pathText, valueAt } from './path-text.ts';
import type { Path } from './source-document.ts';

/** A fault of a value, in words, with its place in the value. */
export interface Explained {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

/** A value of which the part at `at` does not have the shape that it should. */
interface Context {
  readonly value: JsonValue;
  readonly schema: z.ZodType;
  readonly at: Path;
}

/** What is wrong, in our own words and never in zod's. */
export function explainShape(context: Context, error: z.ZodError): readonly Explained[] {
  return error.issues
    .slice(0, documentLimits.findings)
    .flatMap((issue) => explainIssue(context, issue))
    .slice(0, documentLimits.findings);
}

type Issue = z.core.$ZodIssue;

/** A longer list of keys is no help. */
const MAX_LISTED = 8;

function explainIssue(context: Context, issue: Issue): readonly Explained[] {
  const inner = issue.path.filter((step) => typeof step !== 'symbol');
  const path = [...context.at, ...inner];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(context.schema, inner);
    const otherwise = known.length > MAX_LISTED ? 'Remove it.' : `Known are ${listText(known, 'and')}.`;
    return issue.keys.slice(0, documentLimits.findings).map((key) => ({
      path: [...path, key],
      part: 'key',
      message: `${prefix(context, path)}\`${key}\` is not known here`,
      hint: didYouMean(key, known, otherwise),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return explainUnion(context, issue, inner);
  if (issue.code === 'invalid_key') return [keyFinding(context, path, issue)];
  const value = valueAt(context.value, path);
  if (value === undefined) {
    return [
      {
        path: path.slice(0, -1),
        part: 'value',
        message: `${prefix(context, path.slice(0, -1))}\`${String(path.at(-1) ?? '')}\` is missing`,
        hint: `Add it: ${wanted(issue)}.`,
      },
    ];
  }
  const place = pathText(context.value, path) || 'the document';
  if (issue.code === 'custom')
    return [{ path, part: 'value', message: `${place} ${issue.message}`, hint: String(issue.params?.['hint'] ?? 'See the documentation of this file.') }];
  if (issue.code === 'too_small' && issue.minimum === 1 && issue.origin in UNITS)
    return [{ path, part: 'value', message: `${place} must not be empty`, hint: 'Fill it in.' }];
  return [{ path, part: 'value', message: `${place} must be ${wanted(issue)}, not ${shown(value)}`, hint: hintFor(issue, value) }];
}

function hintFor(issue: Issue, value: JsonValue): string {
  if (issue.code === 'invalid_format') return 'Write it so.';
  const values = allowed(issue);
  return values === undefined ? (typeHints[wanted(issue)] ?? `Write ${wanted(issue)}.`) : didYouMean(String(value), values, 'Write one of them.');
}

/** The values of which one was wanted. */
function allowed(issue: Issue): readonly string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && issue.errors.length === 0 && 'options' in issue ? issue.options?.map(String) : undefined;
}

function keyFinding(context: Context, path: Path, issue: Extract<Issue, { code: 'invalid_key' }>): Explained {
  const message = `${prefix(context, path.slice(0, -1))}\`${String(path.at(-1))}\` must be ${issue.issues[0]?.message ?? 'another name'}`;
  return { path, part: 'key', message, hint: 'Rename it.' };
}

/** Of several shapes, the one that got furthest is the one that was meant. */
function explainUnion(context: Context, issue: Extract<Issue, { code: 'invalid_union' }>, inner: Path): readonly Explained[] {
  const isMapping = isObject(valueAt(context.value, [...context.at, ...inner]));
  const wrongType = (issues: readonly Issue[]): boolean =>
    issues.some((each) => each.path.length === 0 && (each.code === 'invalid_type' || (isMapping && each.code === 'invalid_value')));
  const branches = issue.errors.filter((issues) => !wrongType(issues)).toSorted((a, b) => a.length - b.length);
  const [best] = branches.length > 0 ? branches : issue.errors;
  return (best ?? []).flatMap((each) => explainIssue(context, { ...each, path: [...inner, ...each.path] }));
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? issue.expected;
    case 'invalid_value':
    case 'invalid_union':
      return listText(allowed(issue) ?? ['another shape'], 'or');
    case 'too_small':
      return `at least ${String(issue.minimum)}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}${UNITS[issue.origin] ?? ''}`;
    default:
      return issue.message;
  }
}

function prefix(context: Context, path: Path): string {
  const text = pathText(context.value, path);
  return text === '' ? '' : `${text}: `;
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : [])))];
}

/** What a schema says of the value at a path. */
export function descriptionAt(schema: z.core.$ZodType, path: Path): string | undefined {
  return schemasAt(schema, path)
    .map((each) => (each instanceof z.ZodType ? each.description : undefined))
    .find((text) => text !== undefined);
}

/** The schemas that may judge the value at a path, with what wraps them. */
function schemasAt(schema: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  const own = path.length === 0 ? [schema] : [];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return [...own, ...schemasAt(schema.unwrap(), path)];
  if (schema instanceof z.ZodPipe) return [...own, ...schemasAt(schema.in, path)];
  if (schema instanceof z.ZodUnion) return [...own, ...schema.options.flatMap((option: z.core.$ZodType) => schemasAt(option, path))];
  const [step, ...rest] = path;
  if (step === undefined) return own;
  const next = memberOf(schema, String(step));
  return next === undefined ? [] : schemasAt(next, rest);
}

function memberOf(schema: z.core.$ZodType, step: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, step) ? schema.shape[step] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

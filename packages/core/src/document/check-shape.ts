import { z } from 'zod';
import type { Finding } from '../finding/finding.ts';
import { didYouMean } from './did-you-mean.ts';
import type { JsonValue } from './document.ts';
import { listText, shown, typeHints } from './explain-schema-errors.ts';
import { isObject } from './json.ts';
import { documentLimits } from './limits.ts';
import { pathText, valueAt } from './path-text.ts';
import { positionOf, type Path, type SourceDocument } from './source-document.ts';

export type Shaped<T> = { readonly value: T; readonly findings: readonly Finding[] } | { readonly value?: undefined; readonly findings: readonly Finding[] };

/** A document, or the part of it at a path, as its schema types it; or findings with the place of each fault. */
export function checkShape<T>(document: SourceDocument, schema: z.ZodType<T>, at: Path = []): Shaped<T> {
  const result = schema.safeParse(valueAt(document.value, at));
  if (result.success) return { value: result.data, findings: [] };
  const context = { document, schema, at };
  return { findings: result.error.issues.slice(0, documentLimits.findings).flatMap((issue) => explainIssue(context, issue)).slice(0, documentLimits.findings) };
}

interface Context {
  readonly document: SourceDocument;
  readonly schema: z.ZodType;
  readonly at: Path;
}

type Issue = z.core.$ZodIssue;

/** A longer list of keys is no help. */
const MAX_LISTED = 8;

function explainIssue(context: Context, issue: Issue): readonly Finding[] {
  const inner = issue.path.filter((step) => typeof step !== 'symbol');
  const path = [...context.at, ...inner];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(context.schema, inner);
    return issue.keys.slice(0, documentLimits.findings).map((key) =>
      finding(context, { path: [...path, key], part: 'key', message: `${prefix(context, path)}\`${key}\` is not known here`, hint: didYouMean(key, known, known.length > MAX_LISTED ? 'Remove it.' : `Known are ${listText(known, 'and')}.`) }),
    );
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return explainUnion(context, issue, inner);
  if (issue.code === 'invalid_key') return [keyFinding(context, path, issue)];
  const value = valueAt(context.document.value, path);
  if (value === undefined) {
    return [finding(context, { path: path.slice(0, -1), part: 'value', message: `${prefix(context, path.slice(0, -1))}\`${String(path.at(-1) ?? '')}\` is missing`, hint: `Add it: ${wanted(issue)}.` })];
  }
  const place = pathText(context.document.value, path) || 'the document';
  if (issue.code === 'custom') return [finding(context, { path, part: 'value', message: `${place} ${issue.message}`, hint: String(issue.params?.['hint'] ?? 'See the documentation of this file.') })];
  return [finding(context, { path, part: 'value', message: `${place} must be ${wanted(issue)}, not ${shown(value)}`, hint: hintFor(issue, value) })];
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

function keyFinding(context: Context, path: Path, issue: Extract<Issue, { code: 'invalid_key' }>): Finding {
  const message = `${prefix(context, path.slice(0, -1))}\`${String(path.at(-1))}\` must be ${issue.issues[0]?.message ?? 'another name'}`;
  return finding(context, { path, part: 'key', message, hint: 'Rename it.' });
}

/** Of several shapes, the one that got furthest is the one that was meant. */
function explainUnion(context: Context, issue: Extract<Issue, { code: 'invalid_union' }>, inner: Path): readonly Finding[] {
  const isMapping = isObject(valueAt(context.document.value, [...context.at, ...inner]));
  const wrongType = (issues: readonly Issue[]): boolean => issues.some((each) => each.path.length === 0 && (each.code === 'invalid_type' || (isMapping && each.code === 'invalid_value')));
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

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? issue.expected;
    case 'invalid_value':
    case 'invalid_union':
      return listText(allowed(issue) ?? ['another shape'], 'or');
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'not empty' : `at least ${String(issue.minimum)}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}

function prefix(context: Context, path: Path): string {
  const text = pathText(context.document.value, path);
  return text === '' ? '' : `${text}: `;
}

interface Explained {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

function finding(context: Context, explained: Explained): Finding {
  return { code: 'document.shape', severity: 'error', at: positionOf(context.document, explained.path, explained.part), message: explained.message, hint: explained.hint };
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((option: z.core.$ZodType) => keysAt(option, path)))];
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const next: z.core.$ZodType | undefined = schema.shape[String(step)];
    return next === undefined ? [] : keysAt(next, rest);
  }
  if (schema instanceof z.ZodRecord) return step === undefined ? [] : keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return step === undefined ? [] : keysAt(schema.element, rest);
  return [];
}

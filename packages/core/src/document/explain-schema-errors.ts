import type { CompiledSchema, SchemaError } from './compiled-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import type { JsonValue } from './document.ts';
import { parsePointer, pathText, valueAt } from './path-text.ts';
import type { Path } from './source-document.ts';

/** A violation in words, and the part of the document it speaks of. */
export interface Explanation {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

export interface ValidatedDocument {
  readonly value: JsonValue;
  readonly schema: CompiledSchema;
  /** As `ODCS v3.2.0`. */
  readonly standard: string;
}

/** The few violations that a person has to mend, out of the many that a validator reports for them. */
export function explainSchemaErrors(document: ValidatedDocument, errors: readonly SchemaError[]): readonly Explanation[] {
  const known = new Set(document.schema.names);
  const alternatives = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  const causes = errors.filter((error) => !isConsequence(error) && !alternatives.includes(error) && !isWrongBranch(error, errors, alternatives));
  const chosen = alternatives.filter((error) => !causes.some((cause) => within(cause, error) && (isExcess(error) || !isBranchOf(cause, error, causes))));
  const kept = [
    ...causes.filter((cause) => !chosen.some((error) => within(cause, error))),
    ...errors.filter((error) => error.keyword === 'unevaluatedProperties' && !isNoise(error, { causes: [...causes, ...chosen], known })),
  ];
  const explanations = [...chosen.map((error) => explainChoice(document, error, errors)), ...kept.map((error) => explain(document, error))];
  return distinct(explanations.filter((explanation) => !concernsVariable(document, explanation, kept)));
}

function isConsequence(error: SchemaError): boolean {
  return error.keyword === 'if' || error.keyword === 'unevaluatedProperties';
}

function within(inner: SchemaError, outer: SchemaError): boolean {
  return inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`);
}

/** True where several alternatives hold of which one may. */
function isExcess(choice: SchemaError): boolean {
  return Array.isArray(choice.params['passingSchemas']);
}

/** A wrong type beside alternatives that got further: the author meant one of those. */
function isWrongBranch(error: SchemaError, errors: readonly SchemaError[], alternatives: readonly SchemaError[]): boolean {
  if (error.keyword !== 'type') return false;
  const choice = alternatives.find((other) => other.instancePath === error.instancePath);
  if (choice === undefined) return false;
  return errors.some((other) => other !== choice && !isConsequence(other) && other.keyword !== 'type' && within(other, choice));
}

/** True where a choice between alternatives says more than what each of them lacks. */
function isBranchOf(cause: SchemaError, choice: SchemaError, causes: readonly SchemaError[]): boolean {
  if (cause.instancePath !== choice.instancePath || !(cause.keyword === 'required' || cause.keyword === 'type')) return false;
  return causes.filter((other) => other.instancePath === choice.instancePath && other.keyword === cause.keyword).length > 1;
}

function isNoise(error: SchemaError, context: { readonly causes: readonly SchemaError[]; readonly known: ReadonlySet<string> }): boolean {
  return context.known.has(String(error.params['unevaluatedProperty'])) && context.causes.some((cause) => within(cause, error));
}

function explainChoice(document: ValidatedDocument, choice: SchemaError, errors: readonly SchemaError[]): Explanation {
  const path = parsePointer(document.value, choice.instancePath);
  const here = errors.filter((error) => error.instancePath === choice.instancePath);
  const place = inPlace(document, path);
  if (isExcess(choice)) {
    const given = here.filter((error) => error.keyword === 'unevaluatedProperties').map((error) => String(error.params['unevaluatedProperty']));
    const names = given.length === 0 ? 'alternatives that exclude each other stand' : `${listText(given, 'and')} stand`;
    return { path, part: 'value', message: `${place}${names} together`, hint: 'Keep one and remove the others.' };
  }
  const missing = here.flatMap((error) => (error.keyword === 'required' ? [String(error.params['missingProperty'])] : []));
  if (missing.length > 0) {
    return { path, part: 'value', message: `${place}needs one of ${listText(missing, 'or')}`, hint: 'Add one of them.' };
  }
  const types = here.flatMap((error) => (error.keyword === 'type' ? [String(error.params['type'])] : []));
  return wrongType(document, path, types.length === 0 ? 'another value' : types.map((type) => TYPES[type] ?? type).join(' or '));
}

function explain(document: ValidatedDocument, error: SchemaError): Explanation {
  const path = parsePointer(document.value, error.instancePath);
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return {
        path,
        part: 'value',
        message: `${inPlace(document, path)}\`${String(params['missingProperty'])}\` is missing`,
        hint: `Add it: ${document.standard} requires it.`,
      };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(document, path, String(params['additionalProperty'] ?? params['unevaluatedProperty']));
    case 'type':
      return wrongType(
        document,
        path,
        [params['type']]
          .flat()
          .map((type) => TYPES[String(type)] ?? String(type))
          .join(' or '),
      );
    case 'enum':
      return notListed(document, path, [params['allowedValues']].flat().map(String));
    default:
      return {
        path,
        part: 'value',
        message: `${pathText(document.value, path)} ${SENTENCES[error.keyword]?.(params) ?? `breaks the rule \`${error.keyword}\``}`,
        hint: `See ${document.standard}.`,
      };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'null',
};

/** What to write, by what was wanted. */
export const typeHints: Readonly<Record<string, string>> = {
  'a text': 'Put it in quotes, on one line with its key.',
  'a list': 'Begin each entry with `- `, or write [a, b].',
  'a mapping': 'Write `key: value` lines below it.',
  'true or false': 'Write `true` or `false`, without quotes.',
  'a number': 'Write a number without quotes.',
  'a whole number': 'Write a whole number without quotes.',
};

const SENTENCES: Readonly<Record<string, (params: SchemaError['params']) => string>> = {
  minItems: (params) => (params['limit'] === 1 ? 'must not be empty' : `must have at least ${String(params['limit'])} entries`),
  maxItems: (params) => `must have at most ${String(params['limit'])} entries`,
  uniqueItems: () => 'has the same entry twice',
  minimum: (params) => `must be at least ${String(params['limit'])}`,
  maximum: (params) => `must be at most ${String(params['limit'])}`,
  pattern: (params) => `must match ${String(params['pattern'])}`,
  format: (params) => `must be ${FORMATS[String(params['format'])] ?? String(params['format'])}`,
  const: (params) => `must be ${JSON.stringify(params['allowedValue'])}`,
};

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'an absolute address, as https://... or mailto:...',
  date: 'a date, as 2026-01-31',
  'date-time': 'a time with its zone, as 2026-01-31T10:00:00Z',
};

function unknownKey(document: ValidatedDocument, path: Path, key: string): Explanation {
  const siblings = valueAt(document.value, path);
  const given = typeof siblings === 'object' && siblings !== null ? Object.keys(siblings) : [];
  const candidates = document.schema.names.filter((name) => !given.includes(name));
  const isMisplaced = document.schema.names.includes(key);
  const hint = isMisplaced
    ? 'Remove it here: the standard has that key elsewhere.'
    : didYouMean(key, candidates, 'Remove it, or put what is yours under `customProperties`.');
  return { path: [...path, key], part: 'key', message: `${inPlace(document, path)}\`${key.slice(0, 100)}\` is no key of ${document.standard} here`, hint };
}

function wrongType(document: ValidatedDocument, path: Path, wanted: string): Explanation {
  const found = valueAt(document.value, path);
  const isVariable = typeof found === 'string' && found.includes('${');
  return {
    path,
    part: 'value',
    message: `${pathText(document.value, path) || 'the document'} must be ${wanted}, not ${shown(found)}`,
    hint: isVariable ? 'A variable is a text, and cannot stand here.' : (typeHints[wanted] ?? `See ${document.standard}.`),
  };
}

function notListed(document: ValidatedDocument, path: Path, allowed: readonly string[]): Explanation {
  const found = valueAt(document.value, path);
  const list = allowed.length === 1 ? `\`${allowed[0] ?? ''}\`` : `one of ${allowed.join(', ')}`;
  return {
    path,
    part: 'value',
    message: `${pathText(document.value, path)} must be ${list}, not ${shown(found)}`,
    hint: didYouMean(String(found), allowed, allowed.length === 1 ? 'Write it so.' : 'Use one of them.'),
  };
}

export function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `\`${value.slice(0, 60)}\`` : `the ${typeof value === 'number' ? 'number' : 'value'} ${String(value)}`;
}

function inPlace(document: ValidatedDocument, path: Path): string {
  return path.length === 0 ? '' : `${pathText(document.value, path)}: `;
}

export function listText(names: readonly string[], word: 'and' | 'or'): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted.at(-1) ?? ''}`;
}

/** `${VAR}` may stand in any text, so its form is checked after it is resolved (ODCS v3.2.0, "Variables"). */
function concernsVariable(document: ValidatedDocument, explanation: Explanation, errors: readonly SchemaError[]): boolean {
  const found = valueAt(document.value, explanation.path);
  if (typeof found !== 'string' || !found.includes('${')) return false;
  return errors.some(
    (error) =>
      (error.keyword === 'format' || error.keyword === 'pattern') &&
      pathText(document.value, parsePointer(document.value, error.instancePath)) === pathText(document.value, explanation.path),
  );
}

function distinct(explanations: readonly Explanation[]): readonly Explanation[] {
  return [...new Map(explanations.map((explanation) => [`${explanation.path.join('/')} ${explanation.message}`, explanation])).values()];
}

import type { LogicalType } from '../contract/contract.ts';
import type { RuleTest, Scalar } from './rule.ts';

type Options = Readonly<Record<string, unknown>>;
type Compile = (value: unknown, options: Options) => RuleTest | undefined;

/** Options that say how a value is stored or read, and promise nothing that a row could break: the schema rule judges the type they lead to. */
const aboutTheType = new Set([
  'timezone',
  'defaultTimezone',
  'precision',
  'scale',
  'elementType',
  'distanceMetric',
  'embeddingModel',
  'embeddingModelVersion',
  'normalized',
]);

const compilers: Readonly<Record<string, Compile>> = {
  minLength: whole((value) => ({ kind: 'minLength', value })),
  maxLength: whole((value) => ({ kind: 'maxLength', value })),
  pattern: (value) => (typeof value === 'string' ? { kind: 'pattern', pattern: value } : undefined),
  format: (value) => (typeof value === 'string' ? { kind: 'format', format: value } : undefined),
  minimum: bound('minimum'),
  maximum: bound('maximum'),
  exclusiveMinimum: bound('exclusiveMinimum'),
  exclusiveMaximum: bound('exclusiveMaximum'),
  multipleOf: (value) => (typeof value === 'number' && value > 0 ? { kind: 'multipleOf', value } : undefined),
  minItems: whole((value) => ({ kind: 'minItems', value })),
  maxItems: whole((value) => ({ kind: 'maxItems', value })),
  dimensions: whole((value) => ({
    kind: 'allOf',
    tests: [
      { kind: 'minItems', value },
      { kind: 'maxItems', value },
    ],
  })),
  uniqueItems: (value) => (value === true ? { kind: 'uniqueItems' } : undefined),
  minProperties: whole((value) => ({ kind: 'minProperties', value })),
  maxProperties: whole((value) => ({ kind: 'maxProperties', value })),
  required: (value) => {
    const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
    return names.length > 0 ? { kind: 'requiredProperties', names } : undefined;
  },
};

/** The rules in `logicalTypeOptions`, by option. An option that is not known, or not written as ODCS says, is `unsupported`: never dropped. */
export function compileOptions(options: Options, logicalType: LogicalType | undefined): readonly (readonly [option: string, test: RuleTest])[] {
  const meaning = Object.entries(options).filter(([option, value]) => !aboutTheType.has(option) && !(option === 'uniqueItems' && value === false));
  return meaning.flatMap(([option, value]) => {
    if (option === 'format' && (logicalType === 'number' || isAboutTheType(logicalType, value))) return [];
    const compile = Object.hasOwn(compilers, option) ? compilers[option] : undefined;
    const what = compile === undefined ? `the option ${option} is not known` : `${option}: ${JSON.stringify(value)} is not as ODCS writes it`;
    return [[option, compile?.(value, options) ?? { kind: 'unsupported', what }] as const];
  });
}

function isAboutTheType(logicalType: LogicalType | undefined, format: unknown): boolean {
  return (logicalType === 'string' || logicalType === undefined) && (format === 'binary' || format === 'password');
}

function whole(test: (value: number) => RuleTest): Compile {
  return (value) => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? test(value) : undefined);
}

function bound(kind: 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'): Compile {
  return (written, { defaultTimezone }) => {
    const [value] = scalars([written]);
    return value === undefined ? undefined : { kind, value, ...(typeof defaultTimezone === 'string' && { zone: defaultTimezone }) };
  };
}

/** The values among them that a column can hold; whole numbers beyond 2^53 as text, which keeps every digit. */
export function scalars(values: readonly unknown[]): readonly Scalar[] {
  return values.map((value) => (typeof value === 'bigint' ? String(value) : value)).filter(isScalar);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

import type { QualityRule, SchemaObject } from '../contract/contract.ts';
import type { Severity } from '../finding/finding.ts';
import { compileCustom } from './compile-custom.ts';
import { compilePromises, type QualityPlace } from './compile-promises.ts';
import { scalars } from './compile-options.ts';
import { customProperties, isRecord, type Relaxed, relaxedBy } from './custom-properties.ts';
import type { Metric, Path, RowTest, RuleTest } from './rule.ts';
import { parseThreshold } from './threshold.ts';

type Written = Readonly<Record<string, unknown>>;

/** Names of ODCS 3.0 (`rule:`) and what they became in 3.1 (`metric:`). */
const olderNames: Readonly<Record<string, Metric['kind']>> = {
  nullCheck: 'nullValues',
  nullCount: 'nullValues',
  missingCount: 'missingValues',
  duplicateCount: 'duplicateValues',
  duplicates: 'duplicateValues',
  uniqueCheck: 'duplicateValues',
  validValues: 'invalidValues',
  invalidCount: 'invalidValues',
  countCheck: 'rowCount',
};
const known: Readonly<Record<Metric['kind'], readonly string[]>> = {
  rowCount: [],
  nullValues: [],
  missingValues: ['missingValues'],
  invalidValues: ['validValues', 'pattern'],
  duplicateValues: ['properties'],
};

/** What one `quality` rule asks; `name` where it asks more than one thing. */
export interface QualityCheck extends Relaxed {
  readonly name?: string;
  readonly test: RuleTest;
  /** The column that it names; where the rule stands if absent. */
  readonly path?: Path;
}

/** What one `quality` rule of ODCS asks, at least one thing; the path is empty for a rule of the whole object. */
export function compileQuality(rule: QualityRule, place: QualityPlace): readonly QualityCheck[] {
  const { path } = place;
  const { written } = rule;
  const custom = customProperties(written.customProperties);
  const relaxed = relaxedBy(custom);
  if (typeof relaxed === 'string') return [{ test: unsupported(relaxed) }];
  const promises = compilePromises(custom, place).map((check) => ({ ...relaxed, ...check }));
  if (rule.type === 'text') return promises.length > 0 ? promises : [{ test: { kind: 'text' } }];
  if (rule.type !== 'custom') return [{ test: stated(rule, place), ...relaxed }, ...promises];
  const checks = compileCustom(written, path);
  return [...checks.map(({ name, ...check }) => ({ ...check, ...relaxed, ...(checks.length > 1 && { name }) })), ...promises];
}

function stated({ type, written }: QualityRule, { object, objects, path }: QualityPlace): RuleTest {
  const threshold = parseThreshold(written);
  if (typeof threshold === 'string') return unsupported(threshold);
  if (type === 'sql') {
    if (typeof written.query !== 'string' || written.query.trim() === '') return unsupported('an sql rule without a query');
    return {
      kind: 'sql',
      query: written.query,
      reads: tablesIn(
        written.query,
        objects.filter((one) => one !== object),
      ),
      ...(threshold && { threshold }),
    };
  }
  const metric = compileMetric(written, path);
  if (typeof metric === 'string') return unsupported(metric);
  const unit = written.unit ?? 'rows';
  if (unit !== 'rows' && unit !== 'percent') return unsupported(`the unit ${String(unit)}`);
  if (metric.kind === 'rowCount' && (unit === 'percent' || threshold === undefined)) return unsupported('rowCount without an operator, or in percent');
  return { kind: 'metric', metric, unit, threshold: threshold ?? { operator: 'mustBe', value: 0 } };
}

const listed =
  /\b(?:from|join)\b((?:"(?:[^"]|"")*"|[^()"])*?)(?=[()]|\b(?:where|group|order|having|limit|union|intersect|except|on|using|window|qualify)\b|$)/giu;
const firstName = /^\s*(?:lateral\s+)?(?:"((?:[^"]|"")+)"|([\p{L}\w]+))(?!\s*[."])/iu;

/** The objects that stand after FROM or JOIN in a query, or after a comma there. */
function tablesIn(query: string, objects: readonly SchemaObject[]): readonly string[] {
  const places = [...query.matchAll(listed)].flatMap(([, names = '']) => names.split(/,|\bjoin\b/iu));
  const named = new Set(
    places.map((place) => {
      const [, quoted, plain = ''] = firstName.exec(place) ?? [];
      return quoted?.replaceAll('""', '"') ?? plain.toLowerCase();
    }),
  );
  return objects.map(({ name }) => name).filter((name) => named.has(name) || named.has(name.toLowerCase()));
}

function compileMetric(written: Written, path: Path): Metric | string {
  const name = written.metric ?? written.rule;
  const kind = typeof name === 'string' ? (isMetric(name) ? name : Object.hasOwn(olderNames, name) && olderNames[name]) : undefined;
  if (!kind) return `the metric ${String(name)}`;
  const given: Written = isRecord(written.arguments) ? written.arguments : {};
  const stranger = Object.keys(given).find((argument) => !known[kind].includes(argument));
  if (stranger !== undefined) return `the argument ${stranger} of ${kind}`;
  if (path.length === 0 && kind !== 'rowCount' && kind !== 'duplicateValues') return `${kind} without a property`;
  return metricOf(kind, { ...written, ...given }, path);
}

function metricOf(kind: Metric['kind'], given: Written, path: Path): Metric | string {
  switch (kind) {
    case 'rowCount':
      return { kind };
    case 'nullValues':
      return { kind };
    case 'missingValues':
      return { kind, values: given.missingValues === undefined ? [''] : scalars(list(given.missingValues)) };
    case 'invalidValues': {
      const { validValues, pattern } = given;
      if (validValues === undefined && typeof pattern !== 'string') return 'invalidValues without validValues or pattern';
      const values: readonly RowTest[] = validValues === undefined ? [] : [{ kind: 'enum', values: scalars(list(validValues)) }];
      return { kind, tests: typeof pattern === 'string' ? [...values, { kind: 'pattern', pattern }] : values };
    }
    case 'duplicateValues': {
      const named = Array.isArray(given.properties) ? given.properties.filter((item) => typeof item === 'string') : [];
      const columns = named.length > 0 ? named.map((name): Path => [{ kind: 'field', name }]) : [path];
      return columns.some((column) => column.length === 0) ? 'duplicateValues of an object without the argument properties' : { kind, columns };
    }
    default:
      return kind satisfies never;
  }
}

/** Words that people use for a rule whose violation stops; any other word does too, but for those that only warn. */
export function severityOf(written: string | undefined): Severity {
  const word = written?.toLowerCase() ?? 'error';
  if (['info', 'information', 'informational', 'low', 'trivial'].includes(word)) return 'info';
  return ['warning', 'warn', 'minor', 'medium', 'moderate'].includes(word) ? 'warning' : 'error';
}

function isMetric(name: string): name is Metric['kind'] {
  return Object.hasOwn(known, name);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function unsupported(what: string): RuleTest {
  return { kind: 'unsupported', what };
}

import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject, listOf, objectOf, textOf, textsOf } from '../document/json.ts';
import type { CustomCheck } from './compile-custom.ts';
import { parseDuration } from './duration.ts';
import { pathOfName } from './parse-reference.ts';
import type { Aggregate, Metric, Path, RuleTest, Threshold } from './rule.ts';
import { strangeOption, type Validity, validity } from './soda-validity.ts';
import { parseSodaThreshold, thresholdIn } from './soda-threshold.ts';

/** One check, whichever of Soda's three languages it is written in. */
interface Entry {
  readonly metric: string;
  readonly columns: readonly string[];
  readonly threshold: string | Threshold | undefined;
  readonly options: JsonObject;
  /** As written, for people. */
  readonly title: string;
}

const aggregates: Readonly<Record<string, Aggregate>> = {
  avg: 'average',
  min: 'minimum',
  max: 'maximum',
  sum: 'sum',
  stddev: 'standardDeviation',
  median: 'median',
  avg_length: 'averageLength',
  min_length: 'minimumLength',
  max_length: 'maximumLength',
};
/** Names of Soda 4's contracts, and of those before. */
const renamed: Readonly<Record<string, string>> = {
  missing: 'missing_count',
  duplicate: 'duplicate_count',
  invalid: 'invalid_count',
  no_missing_values: 'missing_count',
  no_invalid_values: 'invalid_count',
  no_duplicate_values: 'duplicate_count',
  rows_exist: 'row_count',
  unique: 'duplicate_count',
};

/** The checks of SodaCL (`- missing_count(email) = 0`), of Soda 3's contracts (`type: missing_count`) and of Soda 4's (`missing: {threshold: ...}`). */
export function sodaChecks(implementation: JsonValue, path: Path): readonly CustomCheck[] {
  return entriesIn(implementation).map((entry) => translate(entry, path));
}

function entriesIn(value: JsonValue): readonly Entry[] {
  if (typeof value === 'string') return [expression(value, {})];
  if (Array.isArray(value)) return value.flatMap(entriesIn);
  if (!isObject(value)) return [];
  if (typeof value['type'] === 'string') return [typed(value['type'], value)];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (/^checks( for .*)?$/.test(key)) return entriesIn(inner);
    if (key === 'columns' && Array.isArray(inner)) return inner.flatMap((column) => entriesOfColumn(objectOf(column)));
    return /^[a-z_]+$/.test(key) && isObject(inner) ? [typed(key, inner)] : [expression(key, objectOf(inner))];
  });
}

function entriesOfColumn(column: JsonObject): readonly Entry[] {
  const name = textOf(column['name']) ?? '';
  return entriesIn(column['checks'] ?? []).map((entry) => (entry.columns.length > 0 ? entry : { ...entry, columns: [name] }));
}

/** `duplicate_percent(a, b) < 1 %`, `row_count between 1 and 10`. */
function expression(text: string, options: JsonObject): Entry {
  const [, metric = text, columns = '', rest = ''] = /^\s*(\w+)\s*(?:\(([^)]*)\))?\s*(.*)$/s.exec(text) ?? [];
  return { metric, columns: names(columns), threshold: rest.trim() === '' ? undefined : rest.trim(), options, title: text.trim() };
}

function typed(type: string, written: JsonObject): Entry {
  const { type: _, name: __, column, columns, function: given, threshold, must_be: ___, ...rest } = written;
  const options = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('must_be') && !key.startsWith('must_not') && key !== 'unit'));
  const limits = isObject(threshold) ? threshold : written;
  const percent = limits['metric'] === 'percent' || limits['unit'] === 'percent';
  const metric = type === 'aggregate' ? (textOf(given) ?? type) : (renamed[type] ?? type);
  const unit = type === 'freshness' ? { unit: written['unit'] ?? 'hour' } : {};
  return {
    metric: percent ? metric.replace(/_count$/, '_percent') : metric,
    columns: [...textsOf([column ?? null]), ...textsOf(listOf(columns))],
    threshold: thresholdIn(limits),
    options: { ...options, ...unit },
    title: type,
  };
}

function names(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim().replaceAll(/^"|"$/g, ''))
    .filter((name) => name !== '');
}

function translate(entry: Entry, path: Path): CustomCheck {
  const columns = entry.columns.length > 0 ? entry.columns.map(pathOfName) : path.length > 0 ? [path] : [];
  const filter = textOf(entry.options['filter']);
  const test = strangeOption(entry.options) === undefined ? testOf(entry, columns) : undefined;
  const what = `Soda: ${entry.title}${strangeOption(entry.options) === undefined ? '' : ` with ${strangeOption(entry.options)}`}`;
  return {
    name: entry.metric,
    test: test ?? { kind: 'custom', what },
    path: columns.length === 1 && columns[0] !== undefined ? columns[0] : [],
    ...(filter !== undefined && { where: filter }),
  };
}

function testOf(entry: Entry, columns: readonly Path[]): RuleTest | undefined {
  const { metric, options } = entry;
  const [column] = columns;
  if (metric === 'freshness') return freshness(entry, column);
  const threshold = typeof entry.threshold === 'string' ? parseSodaThreshold(entry.threshold) : entry.threshold;
  if (Object.hasOwn(aggregates, metric)) {
    const aggregate = aggregates[metric];
    return column && threshold && aggregate && { kind: 'aggregate', aggregate, threshold };
  }
  const unit = metric.endsWith('_percent') ? 'percent' : 'rows';
  const counted = metricOf(metric.replace(/_(count|percent)$/, ''), columns, validity(options));
  const limit =
    threshold ??
    (metric === 'row_count' ? { operator: 'mustBeGreaterThan', value: 0 } : entry.threshold === undefined ? { operator: 'mustBe', value: 0 } : undefined);
  return counted && limit && { kind: 'metric', metric: counted, unit, threshold: limit };
}

function metricOf(name: string, columns: readonly Path[], { missing, tests }: Validity): Metric | undefined {
  if (name === 'row') return { kind: 'rowCount' };
  if (columns.length === 0) return undefined;
  if (name === 'duplicate') return { kind: 'duplicateValues', columns };
  if (name === 'missing') return { kind: 'missingValues', values: missing };
  return name === 'invalid' && tests !== undefined && tests.length > 0 && missing.length === 0 ? { kind: 'invalidValues', tests } : undefined;
}

function freshness({ threshold, options }: Entry, column: Path | undefined): RuleTest | undefined {
  const written =
    typeof threshold === 'string' ? /^<=?\s*(.*)$/.exec(threshold)?.[1] : threshold?.operator.startsWith('mustBeLess') === true ? threshold.value : undefined;
  const limit = parseDuration(written, textOf(options['unit']));
  return column && limit && { kind: 'age', of: 'newest', limit };
}

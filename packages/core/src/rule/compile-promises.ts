import type { SchemaObject } from '../contract/contract.ts';
import type { QualityCheck } from './compile-quality.ts';
import { isRecord, parseTolerance } from './custom-properties.ts';
import { parseDuration } from './duration.ts';
import { parseReference, pathIn } from './parse-reference.ts';
import type { Historic, Path, RuleTest } from './rule.ts';

type Written = Readonly<Record<string, unknown>>;

/** Where a quality rule stands. */
export interface QualityPlace {
  readonly object: SchemaObject;
  readonly objects: readonly SchemaObject[];
  readonly path: Path;
}

const historics: readonly Historic[] = ['rowCount', 'nullShare', 'average', 'distinctValues'];

/** What ODCS has no word for: the custom properties `history`, `change` and `reconciliation` of a quality rule. */
export function compilePromises(custom: Written, place: QualityPlace): readonly QualityCheck[] {
  const { history, change, reconciliation } = custom;
  return [
    ...(history === undefined ? [] : [{ name: 'history', test: compileHistory(history, place) }]),
    ...(change === undefined ? [] : compileChange(change, place)),
    ...(reconciliation === undefined ? [] : [compileReconciliation(reconciliation, place)]),
  ];
}

/** `{of: rowCount, versions: 60, deviations: 4}`, or the name alone. */
function compileHistory(written: unknown, { path }: QualityPlace): RuleTest {
  const { of, versions = 60, deviations = 4 } = isRecord(written) ? written : { of: written };
  const known = historics.find((name) => name === (of ?? (path.length === 0 ? 'rowCount' : undefined)));
  if (known === undefined) return unsupported(`history of ${String(of)}: it knows ${historics.join(', ')}`);
  if (known !== 'rowCount' && path.length === 0) return unsupported(`history of ${known} without a property`);
  if (typeof versions !== 'number' || typeof deviations !== 'number' || versions < 5 || deviations <= 0)
    return unsupported('history: versions are at least 5, deviations more than 0');
  return { kind: 'history', of: known, versions, deviations };
}

/** `{rowsLost: 1 percent, keysVanished: 0, lateUpdates: {column: day, after: 30 d, most: 0}}`: each by itself. */
function compileChange(written: unknown, { object, path }: QualityPlace): readonly QualityCheck[] {
  const entries = Object.entries(isRecord(written) ? written : {});
  if (entries.length === 0) return [{ name: 'change', test: unsupported('change without rowsLost, keysVanished or lateUpdates') }];
  return entries.map(([name, value]) => {
    const given: Written = isRecord(value) ? value : { most: value };
    const tolerance = parseTolerance(given['most'] ?? 0);
    const test =
      tolerance === undefined
        ? unsupported(`${name}: ${JSON.stringify(given['most'])} is not written as \`10 rows\` or \`0.5 percent\``)
        : changeTest(name, given, { object, path });
    return { name, test, ...(tolerance && { tolerance }) };
  });
}

function changeTest(name: string, { column, columns, after }: Written, { object, path }: Pick<QualityPlace, 'object' | 'path'>): RuleTest {
  if (name === 'rowsLost') return { kind: 'rowsLost' };
  if (name === 'keysVanished') {
    const named = Array.isArray(columns)
      ? columns.map((one) => pathIn(object.properties, String(one).split('.')))
      : path.length > 0
        ? [path]
        : primaryKey(object);
    return named.length === 0 ? unsupported('keysVanished without columns or a primary key') : { kind: 'keysVanished', columns: named };
  }
  if (name !== 'lateUpdates') return unsupported(`change ${name}: it knows rowsLost, keysVanished, lateUpdates`);
  const limit = parseDuration(after);
  const place = typeof column === 'string' ? pathIn(object.properties, column.split('.')) : path;
  return limit === undefined || place.length === 0
    ? unsupported('lateUpdates needs a column and after, as 30 d')
    : { kind: 'lateUpdates', column: place, after: limit };
}

function primaryKey({ properties }: SchemaObject): readonly Path[] {
  return properties.filter(({ primaryKeyPosition }) => primaryKeyPosition !== undefined).map(({ name }) => [{ kind: 'field', name }]);
}

/** `{sum: amount, with: finance.invoices.total, within: 0.5 percent, theirWhere: ...}`; `rows: true` compares numbers of rows. */
function compileReconciliation(written: unknown, { object, objects, path }: QualityPlace): QualityCheck {
  const { sum, rows, with: other, within, where, theirWhere } = isRecord(written) ? written : {};
  const name = 'reconciliation';
  const tolerance = within === undefined ? undefined : parseTolerance(within);
  if (within !== undefined && tolerance === undefined)
    return { name, test: unsupported(`within: ${JSON.stringify(within)} is not written as \`10\` or \`0.5 percent\``) };
  const own = rows === true ? [] : typeof sum === 'string' ? [pathIn(object.properties, sum.split('.'))] : path.length > 0 ? [path] : undefined;
  const target = typeof other !== 'string' ? 'nothing' : rows === true ? parseReference(`${other}.rows`, objects) : parseReference(other, objects);
  if (own === undefined || typeof target === 'string')
    return { name, test: unsupported(own === undefined ? 'reconciliation without sum or rows' : `reconciliation with ${target}`) };
  return {
    name,
    test: {
      kind: 'reconciliation',
      columns: own,
      to: { relation: target.relation, columns: own.length === 0 ? [] : [target.path] },
      ...(typeof theirWhere === 'string' && { theirWhere }),
    },
    ...(typeof where === 'string' && { where }),
    ...(tolerance && { tolerance }),
  };
}

function unsupported(what: string): RuleTest {
  return { kind: 'unsupported', what };
}

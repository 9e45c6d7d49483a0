import { duckdb } from '../rule/duckdb-dialect.ts';
import type { Dialect, Field } from '../rule/dialect.ts';
import { physicalPath } from '../rule/physical-path.ts';
import { postgres } from '../rule/postgres-dialect.ts';
import { formatPath, type Path, type RowTest, type Scalar } from '../rule/rule.ts';
import { violation } from '../rule/violation.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { wantedType } from '../table/contract-columns.ts';
import type { WritingModel } from './tested-model.ts';

/** Adapters whose database's SQL is known here; for the others only what all of them write alike is said. */
const DIALECTS: Readonly<Record<string, Dialect>> = { duckdb, postgres };

type Condition = { readonly sql: string } | { readonly why: string };

/** What is true of a row that breaks the test, in the SQL of the project's database. */
export function conditionOf(test: RowTest, path: Path, writing: WritingModel): Condition {
  const dialect = DIALECTS[writing.manifest.metadata.adapter_type ?? ''];
  if (dialect === undefined) return plain(test, columnSql(path, writing)) ?? { why: `${test.kind} is not written alike by all databases` };
  const broken = violation(test, physicalPath(path, writing.object), fieldsOf(writing), dialect);
  return 'error' in broken ? { why: broken.error } : broken;
}

/** A column as dbt's SQL names it: plain where it is a plain name, because databases fold those differently. */
export function columnSql(path: Path, writing: WritingModel): string {
  const name = formatPath(physicalPath(path, writing.object));
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoteName(name);
}

/** Columns of plain types, as the contract has them. */
function fieldsOf({ object }: WritingModel): readonly Field[] {
  return object.properties.flatMap((property): readonly Field[] => {
    const type = wantedType(property);
    if (type === undefined || type.kind === 'struct' || type.kind === 'list' || type.kind === 'map') return [];
    return [{ name: property.physicalName ?? property.name, type }];
  });
}

function plain(test: RowTest, column: string): Condition | undefined {
  switch (test.kind) {
    case 'required':
      return { sql: `${column} is null` };
    case 'enum':
      return { sql: `${column} not in (${test.values.map(literal).join(', ')})` };
    case 'noneOf':
      return { sql: `${column} in (${test.values.map(literal).join(', ')})` };
    case 'minLength':
      return { sql: `length(${column}) < ${test.value}` };
    case 'maxLength':
      return { sql: `length(${column}) > ${test.value}` };
    case 'minimum':
      return bound(column, '<', test.value);
    case 'exclusiveMinimum':
      return bound(column, '<=', test.value);
    case 'maximum':
      return bound(column, '>', test.value);
    case 'exclusiveMaximum':
      return bound(column, '>=', test.value);
    case 'allOf': {
      const parts = test.tests.map((one) => plain(one, column));
      return parts.every((part) => part !== undefined && 'sql' in part)
        ? { sql: parts.map((part) => (part !== undefined && 'sql' in part ? `(${part.sql})` : '')).join(' or ') }
        : undefined;
    }
    default:
      return undefined;
  }
}

function bound(column: string, sign: string, value: Scalar): Condition {
  return typeof value === 'number' ? { sql: `${column} ${sign} ${value}` } : { why: 'its bound is no number' };
}

function literal(value: Scalar): string {
  return typeof value === 'string' ? quoteText(value) : String(value);
}

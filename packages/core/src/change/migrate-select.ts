import type { SchemaObject, SchemaProperty } from '../contract/contract.ts';
import { isExpressible, showName } from '../sql/quote.ts';
import { wantedType } from '../table/contract-columns.ts';
import { formatType } from '../table/wanted-type.ts';
import { compareTypes, typeText } from './compare-types.ts';

export interface Migration {
  readonly before: SchemaObject;
  readonly after: SchemaObject;
  /** As a query names the later table: `finance.metrics`. */
  readonly table: readonly string[];
  /** Columns that the consumer uses; all where that is not known. */
  readonly columns: readonly string[] | undefined;
}

/**
 * A SELECT (DuckDB's SQL) from the later table that has the columns of the earlier one, as far as types and names can give them back;
 * what they cannot is said in comments. Undefined where a name is one that no statement can hold.
 */
export function migrateSelect({ before, after, table, columns }: Migration): string | undefined {
  const used = columns?.map((column) => column.toLowerCase());
  const wanted = before.properties.filter(({ name, calculated }) => calculated === undefined && (used === undefined || used.includes(name.toLowerCase())));
  if (wanted.length === 0) return undefined;
  const items = wanted.map((property) =>
    item(
      property,
      after.properties.find(({ id }) => id === property.id),
    ),
  );
  const lines = items.map(({ sql, note }, index) => `  ${sql}${index < items.length - 1 ? ',' : ''}${note === undefined ? '' : `  -- ${comment(note)}`}`);
  const sql = ['SELECT', ...lines, `FROM ${table.map(name).join('.')}`].join('\n');
  return isExpressible(sql) ? sql : undefined;
}

interface Item {
  readonly sql: string;
  readonly note?: string;
}

function item(before: SchemaProperty, after: SchemaProperty | undefined): Item {
  const type = wantedType(before);
  const sqlType = type === undefined ? undefined : formatType(type, showName);
  if (after === undefined) return { sql: `CAST(NULL AS ${sqlType ?? 'VARCHAR'}) AS ${name(before.name)}`, note: 'removed: there is no value any more' };
  const isCast = compareTypes(before, after) !== undefined && sqlType !== undefined;
  const sql = isCast ? `CAST(${name(after.name)} AS ${sqlType})` : name(after.name);
  const note = isCast ? `was ${typeText(before)}, is ${typeText(after)}` : undefined;
  return { sql: sql === name(before.name) ? sql : `${sql} AS ${name(before.name)}`, ...(note !== undefined && { note }) };
}

/** Bare where SQL lets it be. */
function name(text: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(text) && !RESERVED.has(text) ? text : showName(text);
}

/** A comment ends with its line. */
function comment(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/** Words that DuckDB and PostgreSQL reserve. */
const RESERVED: ReadonlySet<string> = new Set(
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc describe distinct do else end except false fetch for foreign from grant group having in initially intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot user using variadic when where window with'.split(
    ' ',
  ),
);

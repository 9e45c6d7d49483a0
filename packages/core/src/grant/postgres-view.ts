import type { SchemaObject } from '../contract/contract.ts';
import { literalText } from '../restriction/literal.ts';
import { actionsById, restrictedColumns } from '../restriction/restricted-columns.ts';
import type { Mask } from '../restriction/masked-type.ts';
import type { Literal, Predicate, Restriction } from '../restriction/restriction.ts';
import { postgresType } from '../sql/postgres-type.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column, ColumnType } from '../table/column.ts';
import type { BaseTable } from './access-schema.ts';

/** Where the views' hash key lies: in a table that nobody but its owner reads. */
export const KEY_TABLE: BaseTable = { schema: 'hanse_private', name: 'hash_key' };

export const HASH_KEY = `(SELECT key FROM ${KEY_TABLE.schema}.${KEY_TABLE.name})`;

export interface ViewQuestion {
  readonly object: SchemaObject;
  /** The contract's columns, to which the restriction is bound. */
  readonly columns: readonly Column[];
  readonly restriction: Restriction;
  readonly table: BaseTable;
}

/** Why a restriction has no form in PostgreSQL: a field within a column is not a column there, and would be shown or hidden with it. */
export function whyNoView({ columns, restriction }: Pick<ViewQuestion, 'columns' | 'restriction'>): string | undefined {
  const own = new Set(columns.map(({ id }) => id));
  const asked = [...restriction.columns.map(({ column }) => column), ...(restriction.rows === undefined ? [] : columnsOf(restriction.rows))];
  return asked.every((id) => own.has(id)) ? undefined : 'a field within a column cannot be restricted in PostgreSQL';
}

function columnsOf(asked: Predicate<number>): readonly number[] {
  switch (asked.kind) {
    case 'and':
    case 'or':
      return asked.of.flatMap(columnsOf);
    case 'not':
      return columnsOf(asked.of);
    default:
      return [asked.column];
  }
}

/** The SELECT of a role's view in PostgreSQL, where `whyNoView` says nothing against it: its columns, masked, and its rows. NULL stays NULL under every mask but `fixed`. */
export function postgresView({ object, columns, restriction, table }: ViewQuestion): string {
  const stored = new Map(columns.map((column) => [column.id, quoteName(storedName(object, column))]));
  const actions = actionsById(restriction);
  const originals = new Map(columns.map((column) => [column.id, column]));
  const select = restrictedColumns(columns, restriction).map(({ id, name }) => {
    const action = actions.get(id);
    const value = stored.get(id) ?? quoteName(name);
    const original = originals.get(id);
    const shown = action === undefined || action.kind === 'drop' || original === undefined ? value : masked(original.type, value, action);
    return shown === quoteName(name) ? shown : `${shown} AS ${quoteName(name)}`;
  });
  const where =
    restriction.rows === undefined ? '' : ` WHERE ${predicate({ stored, types: new Map(columns.map(({ id, type }) => [id, type])) }, restriction.rows)}`;
  return `SELECT ${select.join(', ')} FROM ${quoteName(table.schema)}.${quoteName(table.name)}${where}`;
}

function storedName(object: SchemaObject, column: Column): string {
  return object.properties.find(({ name }) => name === column.name)?.physicalName ?? column.name;
}

function masked(type: ColumnType, value: string, action: Mask): string {
  switch (action.kind) {
    case 'null':
      return `CAST(NULL AS ${postgresType(type)})`;
    case 'fixed':
      return literal(type, action.value);
    case 'show-last':
      return `CASE WHEN length(${value}::text) > ${action.count} THEN repeat('*', length(${value}::text) - ${action.count}) || right(${value}::text, ${action.count}) ELSE repeat('*', length(${value}::text)) END`;
    case 'truncate-date':
      return type.kind === 'timestamptz'
        ? `timezone('UTC', date_trunc('${action.unit}', timezone('UTC', ${value})))`
        : `CAST(date_trunc('${action.unit}', ${value}) AS ${postgresType(type)})`;
    case 'keyed-hash':
      return `encode(sha256(${HASH_KEY} || convert_to(${type.kind === 'timestamptz' ? `timezone('UTC', ${value})` : value}::text, 'UTF8')), 'hex')`;
    default:
      return action satisfies never;
  }
}

interface Names {
  readonly stored: ReadonlyMap<number, string>;
  readonly types: ReadonlyMap<number, ColumnType>;
}

/** Text is compared by its code points, as in slices: not by the database's collation. */
function predicate(names: Names, asked: Predicate<number>): string {
  switch (asked.kind) {
    case 'and':
      return asked.of.length === 0 ? 'TRUE' : `(${asked.of.map((part) => predicate(names, part)).join(' AND ')})`;
    case 'or':
      return asked.of.length === 0 ? 'FALSE' : `(${asked.of.map((part) => predicate(names, part)).join(' OR ')})`;
    case 'not':
      return `(NOT ${predicate(names, asked.of)})`;
    case 'is-null':
      return `(${stored(names, asked.column).value} IS NULL)`;
    case 'starts-with':
      return `starts_with(${stored(names, asked.column).value}::text, ${quoteText(asked.value)})`;
    case 'compare': {
      const { value, type } = stored(names, asked.column);
      return `(${value}${collated(type)} ${asked.operator} ${literal(type, asked.value)})`;
    }
    case 'in': {
      const { value, type } = stored(names, asked.column);
      return asked.values.length === 0 ? 'FALSE' : `(${value}${collated(type)} IN (${asked.values.map((one) => literal(type, one)).join(', ')}))`;
    }
    default:
      return asked satisfies never;
  }
}

function stored(names: Names, id: number): { readonly value: string; readonly type: ColumnType } {
  const [value, type] = [names.stored.get(id), names.types.get(id)];
  if (value === undefined || type === undefined) throw new Error(`restriction not bound: no column ${id}`);
  return { value, type };
}

function collated(type: ColumnType): string {
  return type.kind === 'string' ? '::text COLLATE "C"' : '';
}

function literal(type: ColumnType, written: Literal): string {
  const text = literalText(type, written);
  if (text === undefined) throw new Error('restriction not bound: a literal does not fit its column');
  return `CAST(${quoteText(text)} AS ${postgresType(type)})`;
}

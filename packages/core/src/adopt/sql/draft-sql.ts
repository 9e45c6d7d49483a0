import type { JsonObject } from '../../document/document.ts';
import { optional } from '../../document/json.ts';
import { addressName, sqlName, stableId } from '../adopted-name.ts';
import { bareColumn, type Draft, type DraftColumn, type DraftProduct, type DraftTable } from '../draft.ts';
import { logicalTypeOf } from '../logical-type.ts';
import { suggestClassification } from '../suggest-classification.ts';

/** A database as its catalog tells of it: no row is read but where values are asked for. */
export interface SqlDatabase {
  /** ODCS server without its schema. */
  readonly server: JsonObject;
  readonly name: string;
  readonly tables: readonly SqlTable[];
}

export interface SqlTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized view' | 'foreign table';
  readonly comment?: string;
  /** The database's estimate; absent where it has none. */
  readonly rows?: number;
  readonly columns: readonly SqlColumn[];
  readonly constraints: readonly SqlConstraint[];
}

export interface SqlColumn {
  readonly name: string;
  /** As the database writes it. */
  readonly type: string;
  readonly required: boolean;
  readonly comment?: string;
  /** Labels of an enumerated type. */
  readonly labels: readonly string[];
}

export interface SqlConstraint {
  readonly kind: 'primary key' | 'unique' | 'check' | 'foreign key';
  readonly name: string;
  readonly columns: readonly string[];
  /** False where rows from before it may break it (`NOT VALID`). */
  readonly validated: boolean;
  /** Of a check, in the database's SQL. */
  readonly expression?: string;
  readonly to?: { readonly schema: string; readonly table: string; readonly columns: readonly string[] };
}

/** Drafts of a database: a product for each schema, whose one contract holds its tables, so that foreign keys stay within it. */
export function draftSql(whole: SqlDatabase, options: { readonly domain?: string }): Draft {
  const database = { ...whole, tables: whole.tables.map((table) => ({ ...table, constraints: table.constraints.filter(({ validated }) => validated) })) };
  const unproved = whole.tables.flatMap(({ schema, name: table, constraints }) =>
    constraints.flatMap(({ name, kind, validated }) =>
      validated
        ? []
        : [{ what: `${kind} ${name} of ${schema}.${table}`, why: 'it is NOT VALID: rows from before it may break it; validate it, and adopt again' }],
    ),
  );
  const schemas = Map.groupBy(database.tables, ({ schema }) => schema);
  const adopted = new Set(database.tables.map(({ schema, name }) => `${schema}.${name}`));
  const estimates = database.tables.flatMap(({ schema, name, rows }) => (rows === undefined ? [] : [`${schema}.${name} has about ${rows} rows.`]));
  const outside = database.tables.flatMap((table) =>
    table.constraints.flatMap(({ name, to }) =>
      to === undefined || (to.schema === table.schema && adopted.has(`${to.schema}.${to.table}`))
        ? []
        : [
            {
              what: `foreign key ${name} of ${table.schema}.${table.name}`,
              why: `it leads to ${to.schema}.${to.table}, which is in no contract of this schema`,
            },
          ],
    ),
  );
  return {
    origin: `the database ${database.name} (${String(database.server['type'])})`,
    domain: options.domain ?? addressName(database.name),
    products: [...schemas].map(([schema, tables]) => draftSchema(database, { schema, tables, adopted })),
    left: [...outside, ...unproved],
    notes: estimates,
  };
}

interface Schema {
  readonly schema: string;
  readonly tables: readonly SqlTable[];
  readonly adopted: ReadonlySet<string>;
}

function draftSchema(database: SqlDatabase, { schema, tables, adopted }: Schema): DraftProduct {
  const name = schema === 'public' ? database.name : schema;
  const servers = [{ ...database.server, schema }];
  return {
    name: addressName(name),
    description: `Tables of the schema ${schema} in the database ${database.name}.`,
    tags: [],
    contracts: [{ name: sqlName(name), version: '1.0.0', servers, tables: tables.map((table) => draftTable(table, adopted)) }],
  };
}

function draftTable(table: SqlTable, adopted: ReadonlySet<string>): DraftTable {
  const name = sqlName(table.name);
  const checks = table.constraints.flatMap((one) =>
    one.kind === 'check' && one.expression !== undefined && listedValues(one) === undefined ? [checkRule(one, one.expression)] : [],
  );
  const keys = table.constraints.flatMap((one) => (one.kind === 'unique' && one.columns.length > 1 ? [uniqueRule(one)] : []));
  return {
    name,
    ...(name !== table.name && { physicalName: table.name }),
    physicalType: table.kind,
    ...optional('description', table.comment),
    tags: [],
    columns: table.columns.map((column) => draftColumn(column, table.constraints)),
    quality: [...keys, ...checks],
    relationships: table.constraints.flatMap(({ columns, to }) =>
      to === undefined || to.schema !== table.schema || !adopted.has(`${to.schema}.${to.table}`)
        ? []
        : [{ from: columns.map((one) => `${name}.${one}`), to: to.columns.map((one) => `${sqlName(to.table)}.${one}`) }],
    ),
  };
}

function draftColumn(column: SqlColumn, constraints: readonly SqlConstraint[]): DraftColumn {
  const own = constraints.filter(({ columns }) => columns.length === 1 && columns[0] === column.name);
  const position = (constraints.find(({ kind }) => kind === 'primary key')?.columns.indexOf(column.name) ?? -1) + 1;
  const logicalType = logicalTypeOf(column.type) ?? 'string';
  const length = /^(?:character varying|varchar)\((\d+)\)$/.exec(column.type)?.[1];
  const listed = own.map(listedValues).find((values) => values !== undefined) ?? column.labels;
  return {
    ...bareColumn(column.name),
    ...optional('description', column.comment),
    logicalType,
    // What has no type of ours is judged as its text.
    physicalType: logicalTypeOf(column.type) === undefined ? 'text' : column.type,
    ...(column.required && { required: true }),
    ...(own.some(({ kind }) => kind === 'unique') && { unique: true }),
    ...(position > 0 && { primaryKeyPosition: position }),
    ...(length !== undefined && { options: { maxLength: Number(length) } }),
    enum: listed,
    ...optional('suggestion', suggestClassification({ name: column.name, logicalType, values: [] })),
  };
}

function checkRule({ name, columns }: SqlConstraint, expression: string): JsonObject {
  return {
    id: stableId(name),
    name,
    ...(columns.length > 0 && { description: `A check of the database on ${columns.join(', ')}.` }),
    type: 'sql',
    query: `SELECT count(*) FROM \${object} WHERE NOT (${expression})`,
    mustBe: 0,
  };
}

function uniqueRule({ name, columns }: SqlConstraint): JsonObject {
  return { id: stableId(name), name, type: 'library', metric: 'duplicateValues', arguments: { properties: [...columns] }, mustBe: 0 };
}

/** The texts of `status = ANY (ARRAY['placed'::text, 'shipped'::text])`: how PostgreSQL keeps `IN` over one column. */
function listedValues({ kind, columns, expression = '' }: SqlConstraint): readonly string[] | undefined {
  const list =
    kind === 'check' && columns.length === 1 ? /^\(*"?\w+"?\)?(?:::text)? = ANY \(+ARRAY\[(.*?)\]\)*(?:::text\[\])?\)*$/.exec(expression)?.[1] : undefined;
  const values = list?.split(/, (?=')/).map((one) => /^\(?'((?:[^']|'')*)'(?:::[a-z ]+)?\)?(?:::text)?$/.exec(one)?.[1]?.replaceAll("''", "'"));
  return values?.every((value) => value !== undefined) === true ? values : undefined;
}

import type { SchemaObject, SchemaProperty } from '@hanse/core/contract/contract.ts';
import type { JsonValue } from '@hanse/core/document/document.ts';
import type { Check } from '@hanse/core/rule/check.ts';
import { checkTree } from '@hanse/core/gate/gate.ts';
import { compileRules } from '@hanse/core/rule/compile-rules.ts';
import { formatCheck } from '@hanse/core/rule/format-check.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';
import { parsePhysicalType } from '@hanse/core/table/physical-type.ts';
import type { WantedType } from '@hanse/core/table/wanted-type.ts';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Session, Statement } from '../engine/engine.ts';
import { UserError } from '../error.ts';
import { checkTable, type CheckedTable } from './check-table.ts';

/** For tests: DuckDB in this process, with as much of a session as checks need. */
export async function openDuckDb() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'; SET threads = 1");
  const rows: Session['rows'] = async ({ sql }: Statement) => {
    try {
      const result = await connection.runAndReadAll(sql);
      return result.getRowObjectsJson() as readonly Record<string, JsonValue>[];
    } catch (error) {
      throw new UserError('statement', error instanceof Error ? error.message : String(error));
    }
  };
  return {
    rows,
    /** The gate, without printing. */
    parse: async (sql: string) => {
      const [row] = (await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])).getRows();
      const tree = JSON.parse(String(row?.[0]));
      if (tree.error === true) throw new UserError('statement', `The statement cannot be parsed: ${tree.error_message}`);
      const verdict = checkTree(tree);
      if (verdict.kind === 'refused') throw new UserError(verdict.code, verdict.what, verdict.hint);
      return { sql, tables: verdict.tables };
    },
    run: async (sql: string) => void (await connection.run(sql)),
    /** The columns of a relation, by DuckDB's names of their types. */
    columns: async (relation: string) => {
      const described = await connection.runAndReadAll(`DESCRIBE ${relation}`);
      return described
        .getRowObjectsJson()
        .map(({ column_name: name, column_type: type }) => ({ name: String(name), type: shape(parsePhysicalType(String(type)), String(type)) }));
    },
  };
}

export type DuckDb = Awaited<ReturnType<typeof openDuckDb>>;

function shape(type: WantedType | undefined, written: string): ColumnType {
  if (type === undefined) throw new Error(`tests do not know the type ${written}`);
  switch (type.kind) {
    case 'list':
      return { kind: 'list', elementId: 0, element: shape(type.element, written) };
    case 'map':
      return { kind: 'map', keyId: 0, key: shape(type.key, written), valueId: 0, value: shape(type.value, written) };
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field): Column => ({ id: 0, name: field.name, required: false, type: shape(field.type, written) })) };
    case 'decimal':
      return { kind: 'decimal', precision: type.precision, scale: type.scale };
    default:
      return { kind: written === 'FLOAT' ? 'float' : type.kind };
  }
}

export function property(name: string, written: Partial<SchemaProperty> = {}): SchemaProperty {
  return { id: name, name, logicalTypeOptions: {}, required: false, unique: false, properties: [], quality: [], tags: [], ...written };
}

export function object(properties: readonly SchemaProperty[], written: Partial<SchemaObject> = {}): SchemaObject {
  return { id: 'orders', name: 'orders', properties, quality: [], ...written };
}

export function library(written: Readonly<Record<string, unknown>>) {
  return { type: 'library', written } as const;
}

/** What the checks say, a line each: `fail x must not be null: 1 of 2 rows are null`. */
export function lines(checks: readonly Check[]): readonly string[] {
  return checks.map((check) => `${check.status} ${formatCheck('', check).replace(/^: /, '')}`);
}

/** Checks a SELECT as a table of one file. */
export async function checkRows(db: DuckDb, schema: SchemaObject, select: string, more: Partial<CheckedTable> = {}) {
  await db.run(`CREATE OR REPLACE TABLE main.one AS ${select}`);
  const relation = '"main"."one"';
  const columns = await db.columns(relation);
  return checkTable(db, { rules: compileRules(schema), columns, relation, files: [{ name: 'one', relation }], ...more });
}

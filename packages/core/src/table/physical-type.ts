import type { PrimitiveKind } from './column.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

/** Names without arguments, in upper case: DuckDB, PostgreSQL, Snowflake, BigQuery, Spark. FLOAT is double in most of them. */
const names: Readonly<Record<PrimitiveKind, string>> = {
  boolean: 'BOOL|BOOLEAN|LOGICAL',
  int: 'TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|INT1|INT2|INT4|INT16|INT32|SHORT|BYTE|SIGNED|SERIAL|SERIAL2|SERIAL4|SMALLSERIAL|UTINYINT|USMALLINT|UINT8|UINT16|BYTEINT',
  long: 'BIGINT|INT8|INT64|LONG|BIGSERIAL|SERIAL8|UINTEGER|UINT32',
  float: 'REAL|FLOAT4|FLOAT32',
  double: 'DOUBLE|FLOAT|FLOAT8|FLOAT64|DOUBLE PRECISION',
  date: 'DATE|DATE32',
  time: 'TIME|TIME WITHOUT TIME ZONE',
  timestamp: 'TIMESTAMP|DATETIME|DATETIME2|TIMESTAMP_NTZ|TIMESTAMPNTZ|TIMESTAMP_US|TIMESTAMP_MS|TIMESTAMP_S|TIMESTAMP WITHOUT TIME ZONE',
  timestamptz: 'TIMESTAMPTZ|TIMESTAMP_TZ|TIMESTAMP_LTZ|TIMESTAMPLTZ|DATETIMEOFFSET|TIMESTAMP WITH TIME ZONE|TIMESTAMP WITH LOCAL TIME ZONE',
  string:
    'VARCHAR|TEXT|STRING|CHAR|CHARACTER|BPCHAR|NAME|CITEXT|NCHAR|NVARCHAR|NTEXT|VARCHAR2|NVARCHAR2|CLOB|LONGTEXT|MEDIUMTEXT|TINYTEXT|CHARACTER VARYING|JSON|JSONB|VARIANT|XML|ENUM',
  uuid: 'UUID|GUID|UNIQUEIDENTIFIER',
  binary: 'BLOB|BYTEA|BYTES|BINARY|VARBINARY|LONGBLOB',
};
const kinds: readonly PrimitiveKind[] = ['boolean', 'int', 'long', 'float', 'double', 'date', 'time', 'timestamp', 'timestamptz', 'string', 'uuid', 'binary'];
const primitives: ReadonlyMap<string, PrimitiveKind> = new Map(kinds.flatMap((kind) => names[kind].split('|').map((name) => [name, kind])));

/** A scale is promised only where it is written; (38,9) is BigQuery's NUMERIC and holds most of what the others' bare names do. */
const decimals: ReadonlyMap<string, WantedType> = new Map([
  ...['DECIMAL', 'NUMERIC', 'NUMBER', 'DEC', 'FIXED', 'BIGNUMERIC', 'BIGDECIMAL'].map((name): [string, WantedType] => [
    name,
    { kind: 'decimal', precision: 38, scale: 9, loose: true },
  ]),
  ...['UBIGINT', 'UINT64'].map((name): [string, WantedType] => [name, { kind: 'decimal', precision: 20, scale: 0 }]),
  ...['HUGEINT', 'INT128', 'UHUGEINT'].map((name): [string, WantedType] => [name, { kind: 'decimal', precision: 38, scale: 0 }]),
]);

/** Parses a physical type as written in a contract (`DECIMAL(18,2)`, `INT[]`, `STRUCT(a INT)`); undefined where it is not known. */
export function parsePhysicalType(text: string): WantedType | undefined {
  const name = text.trim().replace(/\s+/g, ' ');
  const list = /^(.*\S) ?\[\d*\]$/.exec(name)?.[1];
  if (list !== undefined) return listOf(list);
  const nested = /^(\w+) ?([(<])(.*)[)>]$/.exec(name);
  if (nested === null) return parsePlain(name.toUpperCase());
  const [, head = '', bracket, inner = ''] = nested;
  return parseNested(head.toUpperCase(), inner, bracket === '<') ?? parsePlain(name.toUpperCase());
}

function parseNested(head: string, inner: string, angled: boolean): WantedType | undefined {
  if (head === 'ARRAY' || head === 'LIST') return listOf(inner);
  if (head === 'MAP') return mapOf(split(inner));
  if (head === 'STRUCT' || head === 'ROW' || head === 'RECORD' || (head === 'OBJECT' && inner !== '')) return structOf(split(inner));
  return angled ? undefined : withArguments(head, inner.split(','));
}

function parsePlain(name: string): WantedType | undefined {
  const zoned = /^(TIMESTAMP|TIME) ?\(\d+\)(.*)$/.exec(name);
  if (zoned !== null) return parsePlain(`${zoned[1]}${zoned[2]}`);
  const varying = /^(CHARACTER VARYING|DOUBLE PRECISION) ?\(\d+\)$/.exec(name);
  if (varying?.[1] !== undefined) return parsePlain(varying[1]);
  const kind = primitives.get(name);
  return kind === undefined ? decimals.get(name) : { kind };
}

function withArguments(head: string, written: readonly string[]): WantedType | undefined {
  const numbers = written.map(Number);
  if (primitives.get(head) === 'string') return { kind: 'string' };
  if (!decimals.has(head)) return numbers.every(Number.isInteger) ? parsePlain(head) : undefined;
  const [precision = Number.NaN, scale = 0] = numbers;
  const known = Number.isInteger(precision) && Number.isInteger(scale) && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
  return known ? { kind: 'decimal', precision, scale } : undefined;
}

function listOf(text: string): WantedType | undefined {
  const element = parsePhysicalType(text);
  return element && { kind: 'list', element };
}

function mapOf(parts: readonly string[]): WantedType | undefined {
  const [key, value] = parts.map(parsePhysicalType);
  return key !== undefined && value !== undefined && parts.length === 2 ? { kind: 'map', key, value } : undefined;
}

function structOf(parts: readonly string[]): WantedType | undefined {
  const fields = parts.map(parseField);
  return fields.every((field) => field !== undefined) ? { kind: 'struct', fields } : undefined;
}

/** `name TYPE`, `"a name" TYPE` or Spark's `name: TYPE`. */
function parseField(text: string): WantedField | undefined {
  const match = /^\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|(\w+))\s*:?\s*(\S.*)$/s.exec(text);
  const name = match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? match?.[3];
  const type = match?.[4] === undefined ? undefined : parsePhysicalType(match[4]);
  return name === undefined || type === undefined ? undefined : { key: name, name, type, required: false };
}

/** Splits at commas outside brackets and quotes. */
function split(text: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && '(<['.includes(character)) depth += 1;
    if (!quoted && ')>]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

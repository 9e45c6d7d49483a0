import type { PrimitiveKind } from './column.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

/** Names without arguments, in upper case: DuckDB, PostgreSQL, Snowflake, BigQuery, Spark. FLOAT is double in most of them. */
const names: Readonly<Record<PrimitiveKind, string>> = {
  boolean: 'BOOL|BOOLEAN|LOGICAL',
  int: 'TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|INT1|INT2|INT4|INT16|INT32|SHORT|BYTE|SIGNED|SERIAL|SERIAL2|SERIAL4|SMALLSERIAL|UTINYINT|USMALLINT|UINT8|UINT16|UMEDIUMINT|BYTEINT',
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

/** A type inside another, as it is written there. */
export type TypePart =
  { readonly kind: 'element' | 'key' | 'value'; readonly text: string } | { readonly kind: 'field'; readonly name: string; readonly text: string };

/** Parses a physical type as written in a contract (`DECIMAL(18,2)`, `INT[]`, `STRUCT(a INT)`); undefined where it is not known. */
export function parsePhysicalType(text: string): WantedType | undefined {
  const name = plainName(text);
  const parts = typeParts(name);
  if (parts !== undefined) return nestedOf(parts);
  const [, head = '', inner] = /^(\w+) ?\((.*)\)$/.exec(name) ?? [];
  return (inner === undefined ? undefined : withArguments(head.toUpperCase(), inner.split(','))) ?? parsePlain(name.toUpperCase());
}

/** What a list, map or struct is written to hold, none where that cannot be read; undefined of any other type. */
export function typeParts(text: string): readonly TypePart[] | undefined {
  const name = plainName(text);
  const list = /^(.*\S) ?\[\d*\]$/.exec(name)?.[1];
  if (list !== undefined) return [{ kind: 'element', text: list }];
  const [, head = '', inner = ''] = /^(\w+) ?[(<](.*)[)>]$/.exec(name) ?? [];
  switch (head.toUpperCase()) {
    case 'ARRAY':
    case 'LIST':
      return [{ kind: 'element', text: inner }];
    case 'MAP': {
      const [key, value, ...others] = split(inner);
      return key === undefined || value === undefined || others.length > 0
        ? []
        : [
            { kind: 'key', text: key },
            { kind: 'value', text: value },
          ];
    }
    case 'STRUCT':
    case 'ROW':
    case 'RECORD':
    case 'OBJECT':
      return inner === '' ? undefined : fieldsIn(inner);
    default:
      return undefined;
  }
}

/** MySQL's unsigned integers are called as DuckDB calls them. */
export function plainName(text: string): string {
  const name = text.trim().replace(/\s+/g, ' ');
  const bits = /^(TINY|SMALL|MEDIUM|BIG)?INT(?:EGER)?(?: ?\(\d+\))? UNSIGNED(?: ZEROFILL)?$/i.exec(name);
  return bits === null ? name : `U${bits[1]?.toUpperCase() ?? ''}${bits[1] === undefined ? 'INTEGER' : 'INT'}`;
}

function nestedOf(parts: readonly TypePart[]): WantedType | undefined {
  const types = parts.map(({ text }) => parsePhysicalType(text));
  const [first, second] = types;
  switch (parts[0]?.kind) {
    case 'element':
      return first && { kind: 'list', element: first };
    case 'key':
      return first && second && { kind: 'map', key: first, value: second };
    case 'field': {
      const fields = parts.flatMap((part, index): readonly WantedField[] => {
        const type = types[index];
        return part.kind === 'field' && type !== undefined ? [{ key: part.name, name: part.name, type, required: false }] : [];
      });
      return fields.length === parts.length ? { kind: 'struct', fields } : undefined;
    }
    default:
      return undefined;
  }
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

/** `name TYPE`, `"a name" TYPE` or Spark's `name: TYPE`; none where one is written otherwise. */
function fieldsIn(inner: string): readonly TypePart[] {
  const fields = split(inner).map((text): TypePart | undefined => {
    const match = /^\s*(?:"((?:[^"]|"")+)"|`([^`]+)`|(\w+))\s*:?\s*(\S.*)$/s.exec(text);
    const name = match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? match?.[3];
    return name === undefined || match?.[4] === undefined ? undefined : { kind: 'field', name, text: match[4] };
  });
  return fields.every((field) => field !== undefined) ? fields : [];
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

import type { LogicalType, SchemaObject, SchemaProperty } from '../contract/contract.ts';
import type { Finding } from '../finding/finding.ts';
import { parsePhysicalType } from './physical-type.ts';
import type { WantedField, WantedType } from './wanted-type.ts';

export interface ContractColumns {
  /** In the contract's order. Properties without a known type are left out, and an error names them. */
  readonly columns: readonly WantedField[];
  readonly findings: readonly Finding[];
}

/** Whether a property is a column of the table; what is calculated has none. */
export function isColumn({ calculated }: SchemaProperty): boolean {
  return calculated === undefined;
}

/** The columns a schema object promises (ODCS "Schema"): the physical type where we know it, else the logical type. */
export function contractColumns(object: SchemaObject): ContractColumns {
  const findings: Finding[] = [];
  const columns = wantedFields(object.properties, object.name, findings);
  return { columns, findings };
}

/** The type that one property asks for; undefined where nothing known is written. */
export function wantedType(property: SchemaProperty): WantedType | undefined {
  return typeOf(property, property.name, []);
}

function wantedFields(properties: readonly SchemaProperty[], path: string, findings: Finding[]): WantedField[] {
  return properties.flatMap((property) => {
    if (!isColumn(property)) return [];
    const type = typeOf(property, `${path}.${property.name}`, findings);
    if (type === undefined) return [];
    const doc = property.description === undefined ? {} : { doc: property.description };
    const required = property.required || property.primaryKeyPosition !== undefined;
    return [{ key: property.id, name: property.name, type, required, ...doc }];
  });
}

function typeOf(property: SchemaProperty, path: string, findings: Finding[]): WantedType | undefined {
  const physical = property.physicalType === undefined ? undefined : physicalType(property, property.physicalType);
  if (physical !== undefined) return physical;
  const logical = property.logicalType === undefined ? undefined : logicalTypes[property.logicalType](property, path, findings);
  if (logical === undefined) findings.push(unknown(property, path));
  else if (property.physicalType !== undefined && !generic.test(property.physicalType)) {
    findings.push({
      code: 'table.physical-type-unknown',
      severity: 'info',
      message: `${path}: the physical type ${property.physicalType} is not known here; the logical type ${property.logicalType} is used`,
    });
  }
  return logical;
}

/** Physical types that only repeat the logical one. */
const generic = /^(object|array|map|list|struct|record|any|unknown)$/i;

function physicalType(property: SchemaProperty, written: string): WantedType | undefined {
  const nested = property.properties.length > 0 || property.items !== undefined || property.values !== undefined;
  const type = parsePhysicalType(property.logicalType === 'string' ? written.replace(/\[\d+\]$/, '') : written);
  if (type?.kind === 'timestamp' && property.logicalTypeOptions.timezone === true) return { kind: 'timestamptz' };
  if (type?.kind === 'decimal' && type.loose && property.logicalType === 'integer') return { ...type, scale: 0 };
  if (property.logicalType === 'array' && type !== undefined && type.kind !== 'list' && type.kind !== 'string') return undefined;
  return nested && (type?.kind === 'list' || type?.kind === 'map' || type?.kind === 'struct') ? undefined : type;
}

type Resolve = (property: SchemaProperty, path: string, findings: Finding[]) => WantedType | undefined;

const logicalTypes: Readonly<Record<LogicalType, Resolve>> = {
  string: ({ logicalTypeOptions: { format } }) => (format === 'binary' ? { kind: 'binary', loose: true } : { kind: 'string', loose: true }),
  integer: ({ logicalTypeOptions: { format } }) => integers[String(format)] ?? { kind: 'long', loose: true },
  number: ({ logicalTypeOptions: { precision, scale, format } }) => {
    if (typeof precision === 'number') return { kind: 'decimal', precision, scale: typeof scale === 'number' ? scale : 0 };
    return { kind: format === 'f32' ? 'float' : 'double', loose: true };
  },
  boolean: () => ({ kind: 'boolean' }),
  date: () => ({ kind: 'date' }),
  time: () => ({ kind: 'time' }),
  timestamp: ({ logicalTypeOptions: { timezone } }) => {
    if (timezone === undefined) return { kind: 'timestamp', loose: true };
    return { kind: timezone === true ? 'timestamptz' : 'timestamp' };
  },
  object: ({ properties }, path, findings) => {
    const fields = wantedFields(properties, path, findings);
    return fields.length === 0 ? undefined : { kind: 'struct', fields };
  },
  array: ({ items }, path, findings) => {
    const element = items && typeOf(items, `${path}[]`, findings);
    return element && { kind: 'list', element };
  },
  vector: ({ logicalTypeOptions: { elementType } }) => ({ kind: 'list', element: vectorElements[String(elementType)] ?? { kind: 'double', loose: true } }),
  map: ({ keys, values }, path, findings) => {
    const key = keys && typeOf(keys, `${path}.key`, findings);
    const value = values && typeOf(values, `${path}.value`, findings);
    return key && value && { kind: 'map', key, value };
  },
};

const vectorElements: Readonly<Record<string, WantedType>> = {
  float32: { kind: 'float' },
  int8: { kind: 'long', loose: true },
  uint8: { kind: 'long', loose: true },
  binary: { kind: 'long', loose: true },
};

/** What holds every value of the format without loss; the rest is `long`. */
const integers: Readonly<Record<string, WantedType>> = {
  u64: { kind: 'decimal', precision: 20, scale: 0, loose: true },
  i128: { kind: 'decimal', precision: 38, scale: 0, loose: true },
  u128: { kind: 'decimal', precision: 38, scale: 0, loose: true },
};

function unknown(property: SchemaProperty, path: string): Finding {
  const hints: Readonly<Partial<Record<LogicalType, string>>> = {
    object: 'List its `properties`, or write a physicalType such as STRUCT(a INT).',
    array: 'Write its `items`, or a physicalType such as INT[].',
    map: 'Write its `map.key` and `map.value`, or a physicalType such as MAP(VARCHAR, INT).',
  };
  return {
    code: 'table.type-missing',
    severity: 'error',
    message: `${path}: no known type${property.physicalType === undefined ? '' : ` (physicalType ${property.physicalType})`}`,
    hint: (property.logicalType && hints[property.logicalType]) ?? 'Write a logicalType or a known physicalType.',
  };
}

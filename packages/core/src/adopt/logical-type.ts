import type { LogicalType } from '../contract/contract.ts';
import { parsePhysicalType } from '../table/physical-type.ts';
import type { WantedType } from '../table/wanted-type.ts';

const LOGICAL = {
  boolean: 'boolean',
  int: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  decimal: 'number',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  string: 'string',
  uuid: 'string',
  binary: 'string',
  list: 'array',
  map: 'map',
  struct: 'object',
} as const satisfies Readonly<Record<WantedType['kind'], LogicalType>>;

/** The ODCS logical type of a type as a database writes it; undefined where it is not known here. */
export function logicalTypeOf(physicalType: string): LogicalType | undefined {
  const type = parsePhysicalType(physicalType);
  if (type === undefined) return undefined;
  return type.kind === 'decimal' && type.scale === 0 && type.loose !== true ? 'integer' : LOGICAL[type.kind];
}

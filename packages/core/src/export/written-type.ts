import type { SchemaProperty } from '../contract/contract.ts';
import { wantedType } from '../table/contract-columns.ts';
import { formatType } from '../table/wanted-type.ts';

/** A property's type for people: DuckDB's name of it, else as it is written. */
export function writtenType(property: SchemaProperty): string {
  const type = wantedType(property);
  return type === undefined ? (property.physicalType ?? property.logicalType ?? '') : formatType(type);
}

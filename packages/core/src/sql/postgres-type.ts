import type { ColumnType, PrimitiveKind } from '../table/column.ts';
import type { WantedType } from '../table/wanted-type.ts';

const NAMES: Readonly<Record<PrimitiveKind, string>> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  string: 'text',
  uuid: 'uuid',
  binary: 'bytea',
};

/** The PostgreSQL type that holds a column; structs and maps, and lists of them, are JSON there. */
export function postgresType(type: WantedType | ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `numeric(${type.precision},${type.scale})`;
    case 'list':
      return ['list', 'struct', 'map'].includes(type.element.kind) ? 'jsonb' : `${postgresType(type.element)}[]`;
    case 'struct':
    case 'map':
      return 'jsonb';
    default:
      return NAMES[type.kind];
  }
}

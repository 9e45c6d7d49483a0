import type { ColumnType } from './column.ts';
import type { WantedType } from './wanted-type.ts';

type Kind = ColumnType['kind'];

/** Which types answer a contract that names only the logical type. */
const families: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  string: ['string', 'uuid'],
  long: ['int', 'long'],
  double: ['int', 'long', 'float', 'double', 'decimal'],
  timestamp: ['timestamp', 'timestamptz'],
};

/**
 * Whether data of a type keeps the promise of another. A type that widens without loss is the promised one (Iceberg spec,
 * "Schema Evolution": int to long, float to double, decimal to a higher precision of the same scale); any other difference is a wrong type.
 */
export function acceptsType(wanted: WantedType, found: ColumnType): boolean {
  if (wanted.loose && families[wanted.kind]?.includes(found.kind)) return true;
  if (wanted.loose && wanted.kind === 'long') return found.kind === 'decimal' && found.scale === 0;
  switch (wanted.kind) {
    case 'decimal':
      return found.kind === 'decimal' && (wanted.loose || (found.scale === wanted.scale && found.precision <= wanted.precision));
    case 'list':
      return found.kind === 'list' && acceptsType(wanted.element, found.element);
    case 'map':
      return found.kind === 'map' && acceptsType(wanted.key, found.key) && acceptsType(wanted.value, found.value);
    case 'struct':
      return found.kind === 'struct' && wanted.fields.every((field) => acceptsField(field, found.fields));
    case 'long':
      return found.kind === 'int' || found.kind === 'long';
    case 'double':
      return found.kind === 'float' || found.kind === 'double';
    default:
      return found.kind === wanted.kind;
  }
}

function acceptsField(
  field: { readonly name: string; readonly type: WantedType },
  found: readonly { readonly name: string; readonly type: ColumnType }[],
): boolean {
  const other = found.find(({ name }) => name === field.name);
  return other !== undefined && acceptsType(field.type, other.type);
}

import type { Column, ColumnType } from '@hanse/core/table/column.ts';

/** The table property that gives field ids to files without any (Iceberg table spec, "Column Projection" and Appendix C). */
export const NAME_MAPPING = 'schema.name-mapping.default';

interface MappedField {
  readonly 'field-id'?: number;
  readonly names: readonly string[];
  readonly fields?: readonly MappedField[];
}

/** The property's text for these columns. Names that a field had in `previous` stay, unless another column has them now. */
export function formatNameMapping(columns: readonly Column[], previous?: string): string {
  const before = previous === undefined ? [] : (JSON.parse(previous) as readonly MappedField[]);
  return JSON.stringify(mapFields(columns, before));
}

type Named = Pick<Column, 'id' | 'name' | 'type'>;

function mapFields(columns: readonly Named[], before: readonly MappedField[]): readonly MappedField[] {
  const taken = new Set(columns.map((column) => column.name));
  return columns.map(({ id, name, type }) => {
    const known = before.find((field) => field['field-id'] === id);
    const older = (known?.names ?? []).filter((other) => !taken.has(other));
    const inner = fieldsOf(type);
    return {
      'field-id': id,
      names: [...older, name],
      ...(inner.length > 0 && { fields: mapFields(inner, known?.fields ?? []) }),
    };
  });
}

function fieldsOf(type: ColumnType): readonly Named[] {
  if (type.kind === 'struct') return type.fields;
  if (type.kind === 'list') return [{ id: type.elementId, name: 'element', type: type.element }];
  if (type.kind !== 'map') return [];
  return [
    { id: type.keyId, name: 'key', type: type.key },
    { id: type.valueId, name: 'value', type: type.value },
  ];
}

import type { SchemaObject } from '@hanse/core/contract/contract.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import { wantedType } from '@hanse/core/table/contract-columns.ts';
import type { Fit } from '../../engine/engine.ts';
import { strptimeFormat } from './strptime-format.ts';

const temporal = new Set(['date', 'time', 'timestamp', 'timestamptz']);

/** What the fields of text files should hold, by the contract; those without a known type stay texts. */
export function textFits(object: SchemaObject): readonly Fit[] {
  return object.properties.flatMap((property) => {
    const type = wantedType(property);
    if (type === undefined) return [];
    const { columns } = assignFieldIds(noColumns, [{ key: property.id, name: property.name, type, required: false }]);
    const { format } = property.logicalTypeOptions;
    const pattern = typeof format === 'string' && temporal.has(type.kind) ? strptimeFormat(format) : undefined;
    const names = [property.name, ...(property.physicalName === undefined ? [] : [property.physicalName])];
    return columns.flatMap((column) => names.map((name): Fit => ({ name, type: column.type, ...(pattern !== undefined && { format: pattern }) })));
  });
}

import type { JsonValue } from '@hanse/core/document/document.ts';
import { listOf, objectOf, textOf } from '@hanse/core/document/json.ts';
import type { Reach } from '../../check/place.ts';

/** Of a table that the database does not partition, the last partition is told by the property that the contract marks as partitioned. */
export function reachIn(reach: Reach, document: JsonValue, index: number): Reach {
  if (reach.kind !== 'lastPartition') return reach;
  const properties = listOf(objectOf(listOf(objectOf(document)['schema'])[index])['properties']).map(objectOf);
  const [first] = properties
    .filter(({ partitioned }) => partitioned === true)
    .toSorted((a, b) => Number(a['partitionKeyPosition'] ?? 0) - Number(b['partitionKeyPosition'] ?? 0));
  const column = textOf(first?.['physicalName']) ?? textOf(first?.['name']);
  return { kind: 'lastPartition', ...(column !== undefined && { column }) };
}

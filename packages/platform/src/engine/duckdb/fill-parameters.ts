import { type DuckDBPreparedStatement, DuckDBTypeId } from '@duckdb/node-api';
import type { JsonObject, JsonValue } from '@hanse/core/document/document.ts';
import { isObject, mapObjects, textOf } from '@hanse/core/gate/tree.ts';

/** Texts that read as a value of a type; any other type takes a number. */
const samples: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.DATE]: '2000-01-01',
  [DuckDBTypeId.TIMESTAMP]: '2000-01-01',
  [DuckDBTypeId.TIMESTAMP_TZ]: '2000-01-01',
  [DuckDBTypeId.TIME]: '00:00:00',
  [DuckDBTypeId.INTERVAL]: '1 day',
  [DuckDBTypeId.UUID]: '00000000-0000-0000-0000-000000000000',
  [DuckDBTypeId.LIST]: '[]',
};

/**
 * A tree with its parameters replaced by values that fit them, because DuckDB 1.5 fails to serialise a plan with
 * parameters. Never NULL: a function of NULL is NULL when it is bound, and its other arguments would be lost.
 */
export function fillParameters(tree: JsonValue, prepared: DuckDBPreparedStatement): JsonValue {
  const names = Array.from({ length: prepared.parameterCount }, (_, at) => prepared.parameterName(at + 1));
  const sampleOf = (identifier: string): string => {
    const at = names.findIndex((name) => name.toLowerCase() === identifier.toLowerCase());
    return (at < 0 ? undefined : samples[prepared.parameterTypeId(at + 1)]) ?? '1';
  };
  return mapObjects(tree, (node) => {
    if (node.class === 'PARAMETER') return constant(node, sampleOf(textOf(node.identifier)));
    return isObject(node.node) && node.named_param_map !== undefined ? { ...node, named_param_map: [] } : node;
  });
}

function constant({ alias, query_location }: JsonObject, text: string): JsonObject {
  const value = { type: { id: 'VARCHAR', type_info: null }, is_null: false, value: text };
  return { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: alias ?? '', query_location: query_location ?? 0, value };
}

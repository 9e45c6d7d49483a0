import { type DuckDBPreparedStatement, DuckDBTypeId } from '@duckdb/node-api';
import type { JsonObject, JsonValue } from '@hanse/core/document/document.ts';
import { isObject } from '@hanse/core/document/json.ts';
import { mapObjects, textOf } from '@hanse/core/gate/tree.ts';

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

/** What stands for a parameter of whose type the statement says nothing: the first with which it binds. */
const guesses: readonly JsonObject[] = [textValue('1'), { type: { id: 'INTEGER', type_info: null }, is_null: false, value: 1 }, textValue('2000-01-01')];

/**
 * A tree with its parameters replaced by values that fit them, because DuckDB 1.5 fails to serialise a plan with
 * parameters. Never NULL: a function of NULL is NULL when it is bound, and its other arguments would be lost.
 * Several trees, in the order to try.
 */
export function fillParameters(tree: JsonValue, prepared: DuckDBPreparedStatement): readonly JsonValue[] {
  return guesses.map((guess) => fill(tree, prepared, guess));
}

function fill(tree: JsonValue, prepared: DuckDBPreparedStatement, guess: JsonObject): JsonValue {
  const names = Array.from({ length: prepared.parameterCount }, (_, at) => prepared.parameterName(at + 1));
  const sampleOf = (identifier: string): JsonObject => {
    const at = names.findIndex((name) => name.toLowerCase() === identifier.toLowerCase());
    const type = at < 0 ? DuckDBTypeId.INVALID : prepared.parameterTypeId(at + 1);
    return type === DuckDBTypeId.INVALID ? guess : textValue(samples[type] ?? '1');
  };
  return mapObjects(tree, (node) => {
    if (node.class === 'PARAMETER') return constant(node, sampleOf(textOf(node.identifier)));
    return isObject(node.node) && node.named_param_map !== undefined ? { ...node, named_param_map: [] } : node;
  });
}

function constant({ alias, query_location }: JsonObject, value: JsonObject): JsonObject {
  return { class: 'CONSTANT', type: 'VALUE_CONSTANT', alias: alias ?? '', query_location: query_location ?? 0, value };
}

function textValue(value: string): JsonObject {
  return { type: { id: 'VARCHAR', type_info: null }, is_null: false, value };
}

import type { JsonObject, JsonValue } from '../document/document.ts';
import { isObject } from '../document/json.ts';
import { mapObjects, textOf } from './tree.ts';

const spelled = new Set(['BOOLEAN', 'DOUBLE']);

/**
 * The tree with constants that DuckDB 1.5 prints as something else (1e3 as a decimal, true as a cast) written as casts of
 * their text, so that the statement it prints reads back equal. `numberText` gives the text of a number in the tree.
 */
export function spellConstants(tree: JsonValue, numberText: (value: JsonValue) => string): JsonValue {
  return mapObjects(tree, (node) => {
    const { value } = node;
    if (node.class !== 'CONSTANT' || !isObject(value) || !isObject(value.type) || value.is_null !== false) return node;
    const id = textOf(value.type.id);
    if (!spelled.has(id)) return node;
    return cast(node, id, typeof value.value === 'boolean' ? String(value.value).slice(0, 1) : numberText(value.value ?? null));
  });
}

function cast(constant: JsonObject, id: string, text: string): JsonObject {
  const { alias, query_location } = constant;
  const place = query_location === undefined ? {} : { query_location };
  return {
    class: 'CAST',
    type: 'OPERATOR_CAST',
    alias: alias ?? '',
    ...place,
    child: {
      class: 'CONSTANT',
      type: 'VALUE_CONSTANT',
      alias: '',
      ...place,
      value: { type: { id: 'VARCHAR', type_info: null }, is_null: false, value: text },
    },
    cast_type: { id, type_info: null },
    try_cast: false,
  };
}

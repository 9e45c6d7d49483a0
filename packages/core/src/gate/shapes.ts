/**
 * What a part of a node may hold: `plain` is text, numbers, flags or lists of them; `empty` must be null, false or an empty
 * text, list or object; anything else names the kind of node in it, alone, in lists, or null.
 */
export type Part = 'plain' | 'empty' | NodeKind;

export type NodeKind =
  | 'statement'
  | 'query'
  | 'modifier'
  | 'order'
  | 'cteMap'
  | 'cteEntry'
  | 'cte'
  | 'from'
  | 'sample'
  | 'pivotColumn'
  | 'pivotEntry'
  | 'expression'
  | 'caseCheck'
  | 'replacement'
  | 'renaming'
  | 'columnName'
  | 'value'
  | 'content'
  | 'type'
  | 'typeInfo'
  | 'typeMember'
  | 'parameterName';

export type Shape = Readonly<Record<string, Part>>;

const anyOf = { alias: 'plain', query_location: 'plain', class: 'plain', type: 'plain' } as const;
const fromAny = { type: 'plain', alias: 'plain', sample: 'sample', query_location: 'plain' } as const;
const queryAny = { type: 'plain', modifiers: 'modifier', cte_map: 'cteMap' } as const;
const infoAny = { type: 'plain', alias: 'empty', extension_info: 'empty' } as const;

/** Nodes told apart by `class` (expressions) or `type`, and what each may hold. What is not here is denied. */
export const variants: Readonly<Partial<Record<NodeKind, Readonly<Record<string, Shape>>>>> = {
  query: {
    SELECT_NODE: {
      ...queryAny,
      select_list: 'expression',
      from_table: 'from',
      where_clause: 'expression',
      group_expressions: 'expression',
      group_sets: 'plain',
      aggregate_handling: 'plain',
      having: 'expression',
      sample: 'sample',
      qualify: 'expression',
    },
    SET_OPERATION_NODE: { ...queryAny, setop_type: 'plain', left: 'query', right: 'query', setop_all: 'plain' },
    RECURSIVE_CTE_NODE: {
      ...queryAny,
      cte_name: 'plain',
      union_all: 'plain',
      left: 'query',
      right: 'query',
      aliases: 'plain',
      key_targets: 'expression',
    },
  },
  modifier: {
    LIMIT_MODIFIER: { type: 'plain', limit: 'expression', offset: 'expression' },
    LIMIT_PERCENT_MODIFIER: { type: 'plain', limit: 'expression', offset: 'expression' },
    DISTINCT_MODIFIER: { type: 'plain', distinct_on_targets: 'expression' },
    ORDER_MODIFIER: { type: 'plain', orders: 'order' },
  },
  from: {
    EMPTY: fromAny,
    BASE_TABLE: {
      ...fromAny,
      schema_name: 'plain',
      table_name: 'plain',
      column_name_alias: 'plain',
      catalog_name: 'empty',
      at_clause: 'empty',
    },
    SUBQUERY: { ...fromAny, subquery: 'statement', column_name_alias: 'plain' },
    JOIN: {
      ...fromAny,
      left: 'from',
      right: 'from',
      condition: 'expression',
      join_type: 'plain',
      ref_type: 'plain',
      using_columns: 'plain',
      delim_flipped: 'empty',
      duplicate_eliminated_columns: 'empty',
    },
    TABLE_FUNCTION: { ...fromAny, function: 'expression', column_name_alias: 'plain', with_ordinality: 'plain' },
    EXPRESSION_LIST: { ...fromAny, expected_names: 'empty', expected_types: 'empty', values: 'expression' },
    PIVOT: {
      ...fromAny,
      source: 'from',
      aggregates: 'expression',
      unpivot_names: 'plain',
      pivots: 'pivotColumn',
      groups: 'plain',
      column_name_alias: 'plain',
      include_nulls: 'plain',
    },
  },
  expression: {
    CASE: { ...anyOf, case_checks: 'caseCheck', else_expr: 'expression' },
    CAST: { ...anyOf, child: 'expression', cast_type: 'type', try_cast: 'plain' },
    COLLATE: { ...anyOf, child: 'expression', collation: 'plain' },
    COLUMN_REF: { ...anyOf, column_names: 'plain' },
    COMPARISON: { ...anyOf, left: 'expression', right: 'expression' },
    BETWEEN: { ...anyOf, input: 'expression', lower: 'expression', upper: 'expression' },
    CONJUNCTION: { ...anyOf, children: 'expression' },
    CONSTANT: { ...anyOf, value: 'value' },
    FUNCTION: {
      ...anyOf,
      function_name: 'plain',
      schema: 'plain',
      catalog: 'plain',
      children: 'expression',
      filter: 'expression',
      order_bys: 'modifier',
      distinct: 'plain',
      is_operator: 'plain',
      export_state: 'empty',
    },
    LAMBDA: { ...anyOf, lhs: 'expression', expr: 'expression' },
    OPERATOR: { ...anyOf, children: 'expression' },
    PARAMETER: { ...anyOf, identifier: 'plain' },
    POSITIONAL_REFERENCE: { ...anyOf, index: 'plain' },
    STAR: {
      ...anyOf,
      relation_name: 'plain',
      exclude_list: 'plain',
      replace_list: 'replacement',
      columns: 'plain',
      expr: 'expression',
      qualified_exclude_list: 'columnName',
      rename_list: 'renaming',
    },
    SUBQUERY: {
      ...anyOf,
      subquery_type: 'plain',
      subquery: 'statement',
      child: 'expression',
      comparison_type: 'plain',
    },
    WINDOW: {
      ...anyOf,
      function_name: 'plain',
      schema: 'plain',
      catalog: 'plain',
      children: 'expression',
      partitions: 'expression',
      orders: 'order',
      start: 'plain',
      end: 'plain',
      start_expr: 'expression',
      end_expr: 'expression',
      offset_expr: 'expression',
      default_expr: 'expression',
      ignore_nulls: 'plain',
      filter_expr: 'expression',
      exclude_clause: 'plain',
      distinct: 'plain',
      arg_orders: 'order',
    },
  },
  typeInfo: {
    DECIMAL_TYPE_INFO: { ...infoAny, width: 'plain', scale: 'plain' },
    LIST_TYPE_INFO: { ...infoAny, child_type: 'type' },
    ARRAY_TYPE_INFO: { ...infoAny, child_type: 'type', size: 'plain' },
    STRUCT_TYPE_INFO: { ...infoAny, child_types: 'typeMember' },
    STRING_TYPE_INFO: { ...infoAny, collation: 'plain' },
    UNBOUND_TYPE_INFO: {
      ...infoAny,
      name: 'plain',
      catalog: 'empty',
      schema: 'plain',
      user_type_modifiers: 'value',
    },
  },
};

/** Nodes of one shape only. */
export const singles: Readonly<Partial<Record<NodeKind, Shape>>> = {
  statement: { node: 'query', named_param_map: 'parameterName' },
  parameterName: { key: 'plain', value: 'plain' },
  order: { type: 'plain', null_order: 'plain', expression: 'expression' },
  cteMap: { map: 'cteEntry' },
  cteEntry: { key: 'plain', value: 'cte' },
  cte: { aliases: 'plain', query: 'statement', materialized: 'plain', key_targets: 'expression' },
  sample: { sample_size: 'value', is_percentage: 'plain', method: 'plain', seed: 'plain' },
  pivotColumn: { pivot_expressions: 'expression', unpivot_names: 'plain', entries: 'pivotEntry', pivot_enum: 'empty' },
  pivotEntry: { values: 'value', star_expr: 'expression', alias: 'plain' },
  caseCheck: { when_expr: 'expression', then_expr: 'expression' },
  replacement: { key: 'plain', value: 'expression' },
  renaming: { key: 'columnName', value: 'plain' },
  columnName: { catalog: 'plain', schema: 'plain', table: 'plain', column: 'plain' },
  value: { type: 'type', is_null: 'plain', value: 'content' },
  content: { upper: 'plain', lower: 'plain', children: 'value' },
  type: { id: 'plain', type_info: 'typeInfo' },
  typeMember: { first: 'plain', second: 'type' },
};

const comparisons = ['EQUAL', 'NOTEQUAL', 'LESSTHAN', 'GREATERTHAN', 'LESSTHANOREQUALTO', 'GREATERTHANOREQUALTO'];

/** The types that an expression of each class may have. */
export const expressionTypes: Readonly<Record<string, readonly string[]>> = {
  CASE: ['CASE_EXPR'],
  CAST: ['OPERATOR_CAST'],
  COLLATE: ['COLLATE'],
  COLUMN_REF: ['COLUMN_REF'],
  COMPARISON: [...comparisons, 'DISTINCT_FROM', 'NOT_DISTINCT_FROM'].map((name) => `COMPARE_${name}`),
  BETWEEN: ['COMPARE_BETWEEN'],
  CONJUNCTION: ['CONJUNCTION_AND', 'CONJUNCTION_OR'],
  CONSTANT: ['VALUE_CONSTANT'],
  FUNCTION: ['FUNCTION'],
  LAMBDA: ['LAMBDA'],
  OPERATOR: [
    'OPERATOR_NOT',
    'OPERATOR_IS_NULL',
    'OPERATOR_IS_NOT_NULL',
    'OPERATOR_COALESCE',
    'OPERATOR_TRY',
    'OPERATOR_UNPACK',
    'COMPARE_IN',
    'COMPARE_NOT_IN',
    'ARRAY_EXTRACT',
    'ARRAY_SLICE',
    'ARRAY_CONSTRUCTOR',
    'STRUCT_EXTRACT',
    'GROUPING_FUNCTION',
  ],
  PARAMETER: ['VALUE_PARAMETER'],
  POSITIONAL_REFERENCE: ['POSITIONAL_REFERENCE'],
  STAR: ['STAR'],
  SUBQUERY: ['SUBQUERY'],
  WINDOW: [
    'WINDOW_AGGREGATE',
    'WINDOW_RANK',
    'WINDOW_RANK_DENSE',
    'WINDOW_NTILE',
    'WINDOW_PERCENT_RANK',
    'WINDOW_CUME_DIST',
    'WINDOW_ROW_NUMBER',
    'WINDOW_FIRST_VALUE',
    'WINDOW_LAST_VALUE',
    'WINDOW_LEAD',
    'WINDOW_LAG',
    'WINDOW_NTH_VALUE',
    'WINDOW_FILL',
  ],
};

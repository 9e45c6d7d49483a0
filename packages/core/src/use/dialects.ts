/** SQL dialects whose statements are read; DuckDB's of other projects' files, whose tables its own binder does not know. */
export const dialects = ['duckdb', 'postgres', 'snowflake', 'bigquery', 'databricks', 'spark', 'redshift', 'trino', 'tsql', 'mysql'] as const;
export type DialectName = (typeof dialects)[number];

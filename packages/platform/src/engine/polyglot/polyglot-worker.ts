import type { JsonValue } from '@hanse/core/document/document.ts';
import type { DialectName } from '@hanse/core/use/dialects.ts';
import { plainWords, readStatement, type TableReading, unreadable } from '@hanse/core/use/statement-use.ts';
import { Dialect, parse, tokenize } from '@polyglot-sql/sdk';
import { serveParent } from '../duckdb/worker-channel.ts';
import type { PolyglotRequest } from './polyglot-request.ts';

const names: Readonly<Record<DialectName, Dialect>> = {
  duckdb: Dialect.DuckDB,
  postgres: Dialect.PostgreSQL,
  snowflake: Dialect.Snowflake,
  bigquery: Dialect.BigQuery,
  databricks: Dialect.Databricks,
  spark: Dialect.Spark,
  redshift: Dialect.Redshift,
  trino: Dialect.Trino,
  tsql: Dialect.TSQL,
  mysql: Dialect.MySQL,
};

serveParent<PolyglotRequest>({
  handle: async (request) => answer(request),
  interrupt: () => undefined,
});

function answer({ sql, dialect, tables }: PolyglotRequest): readonly TableReading[] {
  const parsed = parse(sql, names[dialect]);
  // The types of this library do not say what the tokens are called in the tree that it gives; see its README, "Tokenize".
  const trees: readonly JsonValue[] | undefined = parsed.success && Array.isArray(parsed.ast) ? JSON.parse(JSON.stringify(parsed.ast)) : undefined;
  if (trees === undefined) return unreadable(plainWords(sql), tables, 'the statement could not be parsed');
  const words = wordsOf(sql, names[dialect]);
  return words === undefined
    ? unreadable(plainWords(sql), tables, 'the statement could not be parsed')
    : readStatement({ trees, words, said: plainWords(sql), dollarIsColumn: dialect === 'snowflake' }, tables);
}

/** The names and stars of a statement; a word before a parenthesis is a function. */
function wordsOf(sql: string, dialect: Dialect): readonly string[] | undefined {
  const { success, tokens } = tokenize(sql, dialect);
  if (!success || tokens === undefined) return undefined;
  const all = tokens.map((token) => ({ kind: String(Reflect.get(token, 'token_type')), text: token.text }));
  return all.filter(({ kind }, index) => !NO_NAMES.test(kind) && all[index + 1]?.text !== '(').map(({ text }) => text);
}

const NO_NAMES = /STRING|^NUMBER$/;

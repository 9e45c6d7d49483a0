import { calledNames } from '@hanse/core/rule/called-names.ts';
import type { Rule } from '@hanse/core/rule/rule.ts';
import type { PostgresSession } from './session.ts';

/**
 * The rules; those in which a contract's author calls a function that PostgreSQL knows as volatile become rules that are not evaluated.
 * The transaction is read only and keeps tables as they are; such a function can do more: end other sessions, read the server's files,
 * send messages, wait.
 */
export async function admitWritten(session: PostgresSession, rules: readonly Rule[]): Promise<readonly Rule[]> {
  const calls = new Map(rules.map((rule) => [rule, writtenIn(rule).map(calledNames)]));
  const names = [...new Set([...calls.values()].flat().flatMap((some) => some ?? []))];
  const found = names.length === 0 ? [] : await session.rows(volatileSql, [JSON.stringify(names)]);
  const refused = new Set(found.map(({ name }) => String(name)));
  return rules.map((rule) => {
    const lists = calls.get(rule) ?? [];
    if (lists.includes(undefined))
      return unsupported(rule, "its SQL cannot be looked through: write texts without E'' and U&'', and comments without comments in them");
    const name = lists.flatMap((some) => some ?? []).find((one) => refused.has(one));
    return name === undefined
      ? rule
      : unsupported(
          rule,
          `the function ${name} is not allowed: PostgreSQL knows it as volatile, so it may do more than read. Call stable or immutable functions`,
        );
  });
}

function writtenIn({ where, test }: Rule): readonly string[] {
  const texts = [where, test.kind === 'sql' ? test.query : undefined, test.kind === 'reconciliation' ? test.theirWhere : undefined];
  return texts.filter((text) => text !== undefined);
}

function unsupported({ where: _, ...rule }: Rule, what: string): Rule {
  return { ...rule, test: { kind: 'unsupported', what } };
}

const volatileSql = `
  select distinct p.proname::text as name from pg_catalog.pg_proc p
  join pg_catalog.json_array_elements_text($1::json) as called(name) on called.name = p.proname
  where p.provolatile = 'v'`;

import type { Verdicts } from './orders.ts';

const promises: Readonly<Record<string, string>> = { schema: 'type', invalidValues: 'allowed', rowCount: 'rows' };

/** Our rules by the names that all tools' verdicts have here: `country/quality/invalidValues` is `country allowed`. */
export function verdictsOfRules(rules: readonly { readonly rule: string; readonly result: string }[]): Verdicts {
  return Object.fromEntries(rules.map(({ rule, result }) => [promiseOf(rule), result === 'pass' ? 'pass' : 'fail']));
}

function promiseOf(rule: string): string {
  const [column = '', ...clause] = rule.startsWith('quality/') ? ['', rule] : rule.split('/');
  const name = clause.at(-1)?.replace('quality/', '') ?? '';
  return `${column} ${promises[name] ?? name}`;
}

/** In one order, and without what not every tool judges: the types. */
export function valuesOf(verdicts: Verdicts): Verdicts {
  return Object.fromEntries(
    Object.entries(verdicts)
      .filter(([name]) => !name.endsWith(' type'))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orderColumns, type OrderColumn, type Verdicts } from './orders.ts';

/** The files of a dbt project whose only content is tests of a source, by their path. What dbt has no test for is an expression, as in dbt_utils. */
export function dbtProject(database: string): Readonly<Record<string, string>> {
  return {
    'dbt_project.yml': JSON.stringify({
      name: 'orders',
      version: '1.0.0',
      profile: 'bench',
      'model-paths': ['models'],
      flags: { send_anonymous_usage_stats: false },
    }),
    'profiles.yml': JSON.stringify({ bench: { target: 'dev', outputs: { dev: { type: 'duckdb', path: database, threads: 2, settings: { threads: 2 } } } } }),
    'macros/holds.sql': `{% test holds(model, column_name, expression) %}
select 1 from {{ model }} where not ({{ expression }})
{% endtest %}

{% test has_rows(model) %}
select 1 from (select count(*) as n from {{ model }}) where n = 0
{% endtest %}
`,
    'models/orders.yml': JSON.stringify({
      sources: [
        {
          name: 'bench',
          schema: 'main',
          tables: [
            {
              name: 'orders',
              data_tests: [{ has_rows: { name: 'orders____rows' } }],
              columns: orderColumns.map((column) => ({ name: column.name, data_tests: testsOf(column) })),
            },
          ],
        },
      ],
    }),
  };
}

function testsOf({ name, required, unique, pattern, allowed, minimum, maximum, minLength, maxLength }: OrderColumn): readonly object[] {
  const named = (promise: string, test: string, parameters?: object) => ({
    [test]: { name: `orders__${name}__${promise}`, ...(parameters && { arguments: parameters }) },
  });
  const holds = (promise: string, expression: string) => named(promise, 'holds', { expression });
  return [
    required && named('required', 'not_null'),
    unique && named('unique', 'unique'),
    pattern && holds('pattern', `regexp_matches(${name}, '${pattern}')`),
    allowed && named('allowed', 'accepted_values', { values: allowed }),
    minimum !== undefined && holds('minimum', `${name} >= ${minimum}`),
    maximum !== undefined && holds('maximum', `${name} <= ${maximum}`),
    minLength !== undefined && holds('minLength', `length(${name}) >= ${minLength}`),
    maxLength !== undefined && holds('maxLength', `length(${name}) <= ${maxLength}`),
  ].filter((test) => typeof test === 'object');
}

/** From the project's last `dbt test`. */
export async function dbtVerdicts(project: string): Promise<Verdicts> {
  const { results }: { results: readonly { unique_id: string; status: string }[] } = JSON.parse(
    await readFile(join(project, 'target', 'run_results.json'), 'utf8'),
  );
  return Object.fromEntries(
    results.map(({ unique_id: id, status }) => {
      const [, column, promise] = id.split('.')[2]?.split('__') ?? [];
      return [`${column} ${promise}`, status === 'pass' ? 'pass' : 'fail'];
    }),
  );
}

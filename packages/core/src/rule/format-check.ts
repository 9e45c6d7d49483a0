import type { JsonValue } from '../document/document.ts';
import type { Check } from './check.ts';
import { columnsOf } from './plan-rules.ts';
import { formatPath } from './rule.ts';

const shownValues = 3;

/** One check as a line: `finance/churn:metrics: email must not be null: 3 of 1,000 rows are null; e.g. id 7`. */
export function formatCheck(ref: string, check: Check): string {
  const path = formatPath(check.rule.path);
  const said = [ref, `${path === '' ? '' : `${path} `}${check.rule.expectation}`, `${check.found}${examples(check)}`];
  return said.join(': ');
}

/** What the rule looked at in the sampled rows; for a null, what identifies the row. */
function examples({ rule, sample }: Check): string {
  const columns = new Set(columnsOf(rule));
  const texts = (sample ?? []).map((row) => {
    const entries = Object.entries(row).filter(([, value]) => value !== null);
    const looked = entries.filter(([name]) => columns.has(name));
    if (looked.length === 1 && looked[0] !== undefined) return formatValue(looked[0][1]);
    return (looked.length > 0 ? looked : entries).map(([name, value]) => `${name} ${formatValue(value)}`).join(', ');
  });
  const shown = [...new Set(texts.filter((text) => text !== ''))].slice(0, shownValues);
  return shown.length === 0 ? '' : `; e.g. ${shown.join('; ')}`;
}

function formatValue(value: JsonValue): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

import type { Tolerance } from './rule.ts';

type Written = Readonly<Record<string, unknown>>;

/** What we read under `customProperties` of a property or a quality rule. */
export interface Relaxed {
  readonly where?: string;
  readonly tolerance?: Tolerance;
}

/** ODCS `customProperties[]` by name. */
export function customProperties(written: unknown): Written {
  const items = Array.isArray(written) ? written.filter(isRecord) : [];
  return Object.fromEntries(items.map(({ property, value }) => [String(property), value]));
}

/** `where` and `tolerance` of one clause: written for all clauses of a property, or as a mapping by clause. A text says what is wrong. */
export function relaxedBy(custom: Written, clause?: string): Relaxed | string {
  const where = pick(custom['where'], clause);
  const tolerance = pick(custom['tolerance'], clause);
  if (where !== undefined && (typeof where !== 'string' || where.trim() === '')) return `where: ${JSON.stringify(where)} is no condition in SQL`;
  const parsed = tolerance === undefined ? undefined : parseTolerance(tolerance);
  if (tolerance !== undefined && parsed === undefined) return `tolerance: ${JSON.stringify(tolerance)} is not written as \`10 rows\` or \`0.5 percent\``;
  return { ...(typeof where === 'string' && { where }), ...(parsed && { tolerance: parsed }) };
}

function pick(value: unknown, clause: string | undefined): unknown {
  return clause !== undefined && isRecord(value) ? value[clause] : value;
}

/** `10`, `10 rows`, `0.5 percent` or `0.5 %`. */
export function parseTolerance(value: unknown): Tolerance | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(rows?|percent|%)?$/.exec(String(value).trim());
  if (match === null) return undefined;
  const unit = match[2] === '%' || match[2] === 'percent' ? 'percent' : 'rows';
  return unit === 'percent' && Number(match[1]) > 100 ? undefined : { unit, value: Number(match[1]) };
}

export function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

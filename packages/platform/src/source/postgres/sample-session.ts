import type { Field } from '@hanse/core/rule/dialect.ts';
import type { Session } from '../../engine/engine.ts';
import type { PostgresSession, Row } from './session.ts';

/** Characters of a value that leave the server. */
const valueLimit = 201;
const numbers = new Set<string>(['int', 'float', 'double']);

/** Runs statements whose rows are for the eye: long values are cut where they lie. */
export function sampleSession(session: PostgresSession, columns: readonly Field[]): Pick<Session, 'rows'> {
  const kinds = new Map(columns.map(({ name, type }) => [name, type.kind]));
  return {
    rows: async ({ sql }) => {
      const rows = await session.rows(
        `SELECT (SELECT json_object_agg(key, left(value, ${valueLimit})) FROM json_each_text(row_to_json(sample))) AS value FROM (${sql}) AS sample`,
      );
      return rows.map(({ value }) => typed(value, kinds));
    },
  };
}

function typed(row: Row[string] | undefined, kinds: ReadonlyMap<string, string>): Row {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return {};
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const kind = kinds.get(name) ?? '';
      if (typeof value !== 'string') return [name, value ?? null];
      if (kind === 'boolean') return [name, value === 'true'];
      return [name, numbers.has(kind) && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}

import { z } from 'zod';
import { objectOf } from '../document/json.ts';
import { checkShape } from '../document/check-shape.ts';
import { valueAt } from '../document/path-text.ts';
import { positionOf, type Path, type SourceDocument } from '../document/source-document.ts';
import type { Finding } from '../finding/finding.ts';
import { parsePredicate } from './parse-predicate.ts';
import type { ColumnAction, ColumnRestriction, Predicate, Restriction } from './restriction.ts';

const literal = z.union([z.string(), z.number(), z.boolean()]);
const mask = z.union([
  z.enum(['drop', 'null', 'keyed-hash']),
  z.discriminatedUnion('mask', [
    z.strictObject({ mask: z.literal('fixed'), value: literal }),
    z.strictObject({ mask: z.literal('show-last'), count: z.int().min(1).max(64) }),
    z.strictObject({ mask: z.literal('truncate-date'), unit: z.enum(['day', 'month', 'quarter', 'year']) }),
    z.strictObject({ mask: z.enum(['drop', 'null', 'keyed-hash']) }),
  ]),
]);
const shape = z.strictObject({ rows: z.string().min(1).optional(), columns: z.record(z.string(), mask).optional() });

/** What stands under a role's custom property `restriction`: `rows`, a condition, and `columns`, an action for each. */
export function parseRestriction(document: SourceDocument, path: Path): { readonly restriction?: Restriction<string>; readonly findings: readonly Finding[] } {
  const { value, findings } = checkShape(document, shape, path);
  const nulls = nullMasks(document, [...path, 'columns']);
  if (value === undefined) return { findings: nulls.length > 0 ? nulls : findings };
  const columns = Object.entries(value.columns ?? {}).map(([column, action]): ColumnRestriction<string> => ({ column, action: actionOf(action) }));
  if (value.rows === undefined) return { restriction: { columns }, findings: [] };
  const parsed = parsePredicate(value.rows);
  if ('error' in parsed) return { findings: [rowsFinding(document, [...path, 'rows'], parsed.error)] };
  return { restriction: { columns, rows: parsed.predicate }, findings: [] };
}

/** YAML reads a bare `null`, and no value, as nothing. */
function nullMasks(document: SourceDocument, path: Path): readonly Finding[] {
  return Object.entries(objectOf(valueAt(document.value, path))).flatMap(([column, action]): readonly Finding[] => {
    const inner = objectOf(action)['mask'] === null;
    if (action !== null && !inner) return [];
    return [
      {
        code: 'document.shape',
        severity: 'error',
        at: positionOf(document, [...path, column]),
        message: `column ${column} has no mask: YAML reads null without quotes as nothing`,
        hint: `Write ${column}: ${inner ? "{mask: 'null'}" : "'null'"} to show null in its place.`,
      },
    ];
  });
}

function actionOf(action: z.infer<typeof mask>): ColumnAction {
  if (typeof action === 'string') return { kind: action };
  switch (action.mask) {
    case 'fixed':
      return { kind: 'fixed', value: action.value };
    case 'show-last':
      return { kind: 'show-last', count: action.count };
    case 'truncate-date':
      return { kind: 'truncate-date', unit: action.unit };
    default:
      return { kind: action.mask };
  }
}

function rowsFinding(document: SourceDocument, path: Path, error: { readonly offset: number; readonly message: string }): Finding {
  const text = String(valueAt(document.value, path));
  return {
    code: 'contract.rows',
    severity: 'error',
    at: positionOf(document, path),
    message: `the row condition cannot be read at character ${error.offset + 1}: ${error.message}: ${excerpt(text, error.offset)}`,
    hint: "Write comparisons of a column with a value, as `region = 'EU' and born is not null`.",
  };
}

function excerpt(text: string, offset: number): string {
  return `${text.slice(Math.max(0, offset - 30), offset)}▸${text.slice(offset, offset + 20)}`;
}

/** The columns that a predicate names. */
export function columnsOf(predicate: Predicate<string>): readonly string[] {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.of.flatMap(columnsOf);
    case 'not':
      return columnsOf(predicate.of);
    default:
      return [predicate.column];
  }
}

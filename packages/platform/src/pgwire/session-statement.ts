import { notServed } from './wire-error.ts';

/** What the session answers itself. */
export type SessionStatement =
  | { readonly verb: 'begin' | 'commit' | 'rollback' }
  | { readonly verb: 'set'; readonly name: string; readonly value: string | undefined }
  | { readonly verb: 'reset-all' }
  | { readonly verb: 'show'; readonly name: string }
  | { readonly verb: 'discard'; readonly all: boolean }
  | { readonly verb: 'deallocate'; readonly name: string | undefined };

/** Its command tag. */
export const sessionTags: Readonly<Record<SessionStatement['verb'], string>> = {
  begin: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  set: 'SET',
  'reset-all': 'RESET',
  show: 'SHOW',
  discard: 'DISCARD ALL',
  deallocate: 'DEALLOCATE',
};

const NAME = String.raw`((?:"[^"]+"|[a-z_][\w]*)(?:\.(?:"[^"]+"|[a-z_][\w]*))?)`;
const VALUE = String.raw`('(?:[^']|'')*'|"[^"]*"|[-+\w./]+(?:\s*,\s*[-+\w./]+)*)`;
const MODES = String.raw`(?:\s*,?\s*(?:read\s+(?:only|write)|isolation\s+level\s+read\s+(?:un)?committed|(?:not\s+)?deferrable))*`;

const rules: readonly (readonly [RegExp, (found: readonly (string | undefined)[]) => SessionStatement])[] = [
  [pattern(`(?:begin(?:\\s+(?:work|transaction))?|start\\s+transaction)${MODES}`), () => ({ verb: 'begin' })],
  [pattern('(?:commit|end)(?:\\s+(?:work|transaction))?'), () => ({ verb: 'commit' })],
  [pattern('(?:rollback|abort)(?:\\s+(?:work|transaction))?'), () => ({ verb: 'rollback' })],
  [pattern(`set\\s+(?:session\\s+)?time\\s+zone\\s+${VALUE}`), ([value]) => ({ verb: 'set', name: 'TimeZone', value: valueIn(value) })],
  [pattern(`set\\s+(?:session\\s+)?${NAME}\\s*(?:=|\\s+to\\s)\\s*${VALUE}`), ([name, value]) => ({ verb: 'set', name: nameIn(name), value: valueIn(value) })],
  [pattern('reset\\s+all'), () => ({ verb: 'reset-all' })],
  [pattern(`reset\\s+${NAME}`), ([name]) => ({ verb: 'set', name: nameIn(name), value: undefined })],
  [pattern('show\\s+time\\s+zone'), () => ({ verb: 'show', name: 'TimeZone' })],
  [pattern('show\\s+transaction\\s+isolation\\s+level'), () => ({ verb: 'show', name: 'transaction_isolation' })],
  [pattern(`show\\s+${NAME}`), ([name]) => ({ verb: 'show', name: nameIn(name) })],
  [pattern('discard\\s+(all|plans|sequences|temp|temporary)'), ([what]) => ({ verb: 'discard', all: what?.toLowerCase() === 'all' })],
  [pattern('deallocate\\s+(?:prepare\\s+)?all'), () => ({ verb: 'deallocate', name: undefined })],
  [pattern(`deallocate\\s+(?:prepare\\s+)?${NAME}`), ([name]) => ({ verb: 'deallocate', name: nameIn(name) })],
];

const OTHERS = /^(?:begin|start\s+transaction|set|reset|savepoint|release|prepare|execute|declare|fetch|copy|listen|unlisten|notify|lock|rollback\s+to)\b/i;

/** A statement of the session, from its text without comments; undefined where it is none. Refuses those that are not served yet. */
export function sessionStatement(bare: string): SessionStatement | undefined {
  for (const [rule, make] of rules) {
    const found = rule.exec(bare);
    if (found !== null) return make(found.slice(1));
  }
  const [other] = OTHERS.exec(bare) ?? [];
  if (other === undefined) return undefined;
  throw notServed(`${other.toUpperCase()} in this form is not served yet`, 'Sessions know BEGIN, COMMIT, ROLLBACK, SET, SHOW, RESET, DISCARD and DEALLOCATE.');
}

function pattern(source: string): RegExp {
  return new RegExp(`^${source}$`, 'i');
}

/** Unquoted names are lower case. */
function nameIn(written = ''): string {
  return written.includes('"') ? written.replaceAll('"', '') : written.toLowerCase();
}

function valueIn(written = ''): string | undefined {
  if (/^default$/i.test(written)) return undefined;
  return /^['"]/.test(written) ? written.slice(1, -1).replaceAll("''", "'") : written;
}

export type Translated = { readonly pattern: string } | { readonly error: string };

const beyondRe2: readonly (readonly [RegExp, string])[] = [
  [/^\(\?=/, 'look-ahead (?='],
  [/^\(\?!/, 'negative look-ahead (?!'],
  [/^\(\?<=/, 'look-behind (?<='],
  [/^\(\?<!/, 'negative look-behind (?<!'],
  [/^\\k</, 'a named back reference \\k<'],
  [/^\\c[A-Za-z]/, 'a control escape \\c'],
  [/^\[\^?\]/, 'an empty character class'],
];
const inClass: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^\\u\{([0-9A-Fa-f]+)\}/, (match) => `\\x{${match[1]}}`],
  [/^\\u([0-9A-Fa-f]{4})/, (match) => `\\x{${match[1]}}`],
  [/^\\0(?![0-9])/, () => '\\x00'],
  [/^\\./su, (match) => match[0]],
];
const outsideClass: typeof inClass = [[/^\(\?<([A-Za-z_]\w*)>/, () => '('], ...inClass];
/** RE2's own bound on counted repetition. */
const repetitionLimit = 1000;

/**
 * An ECMA-262 expression (what ODCS asks for) as RE2 reads it (what DuckDB runs). Equal meaning, but that RE2's `\s` is ASCII without
 * the vertical tab and its `.` takes a carriage return. What RE2 has not (look-around, back references) is an error that names it.
 */
export function translateToRe2(ecma: string): Translated {
  let rest = ecma;
  let pattern = '';
  let insideClass = false;
  while (rest !== '') {
    const refused = insideClass ? undefined : refusal(rest);
    if (refused !== undefined) return { error: `the pattern ${ecma} uses ${refused}, which RE2 does not have` };
    const [taken, written] = next(rest, insideClass);
    if (taken === '[') insideClass = true;
    if (taken === ']') insideClass = false;
    pattern += written;
    rest = rest.slice(taken.length);
  }
  return insideClass ? { error: `the pattern ${ecma} does not close its character class` } : { pattern };
}

function refusal(rest: string): string | undefined {
  if (/^\\[1-9]/.test(rest)) return `a back reference ${rest.slice(0, 2)}`;
  const counts = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
  if (counts !== null && Math.max(Number(counts[1]), Number(counts[2] ?? 0)) > repetitionLimit) return `a repetition above ${repetitionLimit} times`;
  return beyondRe2.find(([expression]) => expression.test(rest))?.[1];
}

function next(rest: string, insideClass: boolean): readonly [taken: string, written: string] {
  for (const [expression, write] of insideClass ? inClass : outsideClass) {
    const match = expression.exec(rest);
    if (match !== null) return [match[0], write(match)];
  }
  const character = rest.slice(0, 1);
  return [character, insideClass && character === '[' ? '\\[' : character];
}

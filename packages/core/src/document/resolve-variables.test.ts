import { expect, test } from 'vitest';
import { resolveVariables } from './resolve-variables.ts';

const lookup = (name: string): string | undefined => ({ HOST: 'db.example', EMPTY: '', TRICK: '${HOST}' })[name];

test.each([
  ['postgres://${HOST}:${DB_PORT:-5432}/x', 'postgres://db.example:5432/x'],
  ['no variable, $HOST, $${HOST}', 'no variable, $HOST, $db.example'],
  ['${EMPTY:-unset or empty}', 'unset or empty'],
  ['${HOST:-}', 'db.example'],
  ['${} ${1} ${a b}', '${} ${1} ${a b}'],
  ['${TRICK}', '${HOST}'],
])('%s becomes %s', (text, resolved) => {
  expect(resolveVariables(text, lookup)).toEqual({ text: resolved });
});

test('a missing variable is named, with its place', () => {
  expect(resolveVariables('${PASSWORD}@${HOST}/${EMPTY}', lookup, { file: 'build.yaml', line: 3, column: 9 })).toMatchInlineSnapshot(`
    {
      "finding": {
        "at": {
          "column": 9,
          "file": "build.yaml",
          "line": 3,
        },
        "code": "document.variable",
        "hint": "Set it in the environment of the process, or write a default: \${PASSWORD:-...}.",
        "message": "the variables \`PASSWORD\`, \`EMPTY\` are not set",
        "severity": "error",
      },
    }
  `);
});

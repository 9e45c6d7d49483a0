import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from './document.ts';
import { editDocument } from './edit-document.ts';
import { valueAt } from './path-text.ts';
import { examplesIn, lines, readDocument, scale } from '../../../../test/fixtures/read-document.ts';
import type { Path } from './source-document.ts';

const examples = ['odcs/examples-v3.1.0', 'odcs/examples-v3.2.0-dev', 'odps/examples'].flatMap(examplesIn);
const small = examples.filter(({ text }) => text.length < 20_000);

test('unchanged is byte-equal, with any line ends and byte order mark', () => {
  for (const { text } of examples) {
    for (const written of [text, text.replaceAll(/\r?\n/g, '\r\n'), `\uFEFF${text}`]) {
      expect(editDocument(readDocument(written), [])).toEqual({ text: written });
    }
  }
});

function scalarPaths(value: JsonValue, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => scalarPaths(item, [...path, index]));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, item]) => scalarPaths(item, [...path, key]));
  return [path];
}

const replacement = fc.oneof(
  fc.constantFrom<JsonValue[]>(
    'retired',
    'a: b',
    '# no comment',
    "it's",
    '1.0',
    'true',
    'null',
    '',
    ' x ',
    '- a',
    '{x}',
    '*a',
    'a\nb',
    'größe',
    '2026-01-31',
    true,
    1.5,
    0,
    null,
  ),
  fc.string(),
);

test('a scalar takes the place of another, and no other line changes', () => {
  const place = fc.constantFrom(...small).chain(({ name, text }) =>
    fc.record({
      name: fc.constant(name),
      text: fc.constantFrom(text, text.replaceAll(/\r?\n/g, '\r\n')),
      path: fc.constantFrom(...scalarPaths(readDocument(text).value)),
    }),
  );
  fc.assert(
    fc.property(place, replacement, ({ text, path }, value) => {
      fc.pre(typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0')));
      const document = readDocument(text);
      const edited = editDocument(document, [{ path, value }]);
      if (edited.finding !== undefined) throw new Error(edited.finding.message);
      expect(valueAt(readDocument(edited.text).value, path)).toEqual(value);
      const before = new Set(text.split('\n'));
      const changed = edited.text.split('\n').filter((line) => !before.has(line));
      expect(changed.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: Math.ceil(150 * scale) },
  );
});

test('keys, items and parts come and go; comments, order and unknown keys stay', () => {
  const text = `# Ours
name: a   # the label
tags: [ one,two ]

outputPorts:
- name: x          # kept
  version: 1.0.0   # odd indentation

# about y
- name: y
  unknown: {b:  1}
description: >
  folded
  text
last: 1`;
  const edited = editDocument(readDocument(text), [
    { path: ['outputPorts', 0, 'contractId'], value: 'c' },
    { path: ['outputPorts', 2], value: { name: 'z', notes: ['n1', { deep: 'a: b' }] } },
    { path: ['tags'], value: ['one', 'three'] },
    { path: ['description'], value: 'short' },
    { path: ['last'], value: undefined },
    { path: ['team', 'members'], value: [{ username: 'ann' }] },
  ]);
  expect(edited.text).toMatchInlineSnapshot(`
    "# Ours
    name: a   # the label
    tags: [one, three]

    outputPorts:
    - name: x          # kept
      version: 1.0.0   # odd indentation
      contractId: c

    # about y
    - name: y
      unknown: {b:  1}
    - name: z
      notes:
        - n1
        - deep: "a: b"
    description: short
    team:
      members:
        - username: ann
    "
  `);
});

test('what splicing cannot do is written anew; comments, indentation and line ends stay', () => {
  const edited = editDocument(readDocument('# one\r\na:\r\n    b: {x:  1}   # two\r\n    c:\r\n    -   1\r\n    # three\r\nd: 1 # four\r\n'), [
    { path: ['a', 'c'], value: { k: [1, 2] } },
    { path: ['a', 'b', 'y'], value: 2 },
  ]);
  expect(edited.text?.split('\r\n')).toMatchInlineSnapshot(`
    [
      "# one",
      "a:",
      "    b: {x: 1, y: 2} # two",
      "    c:",
      "        k:",
      "            - 1",
      "            - 2",
      "d: 1 # four",
      "",
    ]
  `);
});

test('an edit that would change something else is refused', () => {
  const document = readDocument('a: &x one\nb: *x\nlist: [1]\n');
  const edits = [
    { path: ['list', 5], value: 1 },
    { path: ['a', 'b'], value: 1 },
    { path: ['absent', 'deep'], value: undefined },
    { path: ['a'], value: 'two' },
  ];
  const refused = edits.map((edit) => editDocument(document, [edit]).finding);
  expect(lines(refused.flatMap((finding) => finding ?? []))).toMatchInlineSnapshot(`
    [
      "a.yaml:3:7 error document.edit: list.5 cannot be changed without changing something else: nothing is there to hold it. Change it by hand.",
      "a.yaml:1:7 error document.edit: a.b cannot be changed without changing something else: nothing is there to hold it. Change it by hand.",
      "a.yaml:1:1 error document.edit: absent.deep cannot be changed without changing something else: nothing is there to hold it. Change it by hand.",
      "a.yaml:1:7 error document.edit: a cannot be changed without changing something else: an alias or an anchor stands there. Change it by hand.",
    ]
  `);
});

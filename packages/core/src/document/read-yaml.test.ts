import { expect, test } from 'vitest';
import { documentLimits } from './limits.ts';
import { lines } from '../../../../test/fixtures/read-document.ts';
import { readYaml } from './read-yaml.ts';
import { positionOf } from './source-document.ts';

test('what is not well-formed is named with its place', () => {
  const cases = [
    'a: [1',
    'a: "x',
    'a: b: c',
    'a: 1\n\tb: 2',
    'a: 1\nb: 2\na: 3',
    'a: !include x.yaml',
    '%YAML 1.1\n---\na: no',
    'a: 1\n---\nb: 2',
    '? [a]\n: b',
    'a: *b',
    'a: .inf',
    'a: "\\ud800"',
    'a: "\\0"',
    'a: 1\nb: \0',
    '',
    '# only a comment\n',
    'a: @b',
    'a: "\\d"',
    '- a\nb: 1',
  ];
  expect(cases.map((text) => lines(readYaml('a.yaml', text).findings).join('\n'))).toMatchInlineSnapshot(`
    [
      "a.yaml:1:6 error document.yaml: not well-formed YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Line it up with the lines it belongs to.",
      "a.yaml:1:6 error document.yaml: not well-formed YAML: Missing closing "quote. Close the quote or the bracket, or put the missing character in.",
      "a.yaml:1:4 error document.yaml: not well-formed YAML: Nested mappings are not allowed in compact mappings. Quote the text if it contains a colon followed by a space.",
      "a.yaml:2:1 error document.yaml: not well-formed YAML: Tabs are not allowed as indentation. Indent with spaces: YAML allows no tabs there.",
      "a.yaml:3:1 error document.duplicate-key: the key \`a\` stands here a second time. Keep one of the two: readers disagree about which one counts.",
      "a.yaml:1:13 error document.yaml: the tag !include is not read. Remove the tag: a document holds plain values only.",
      "a.yaml:1:1 error document.yaml: the directive %YAML 1.1 is not read. Remove the line: documents are YAML 1.2, in which \`no\` is a text and a date stays as written.",
      "a.yaml:2:1 error document.yaml: the file holds more than one document, separated by \`---\`. Keep one document in each file.",
      "a.yaml:1:3 error document.yaml: a key is not a plain text. Write each key as one word or a quoted text.",
      "a.yaml:1:4 error document.alias: *b points to nothing above it. Name a part with &b first, or quote the text if it begins with a star.",
      "a.yaml:1:4 error document.yaml: .inf is no number that JSON knows. Quote it if a text is meant.",
      "a.yaml:1:4 error document.encoding: a text holds NUL or half a character. Remove the escape: no database stores it.",
      "a.yaml:1:4 error document.encoding: a text holds NUL or half a character. Remove the escape: no database stores it.",
      "a.yaml:2:4 error document.encoding: the file holds the character NUL. Save it as UTF-8 text; a NUL often means UTF-16 or a binary file.",
      "a.yaml:1:1 error document.yaml: the file is empty. Write the document, or remove the file.",
      "a.yaml:1:1 error document.yaml: the file is empty. Write the document, or remove the file.",
      "a.yaml:1:4 error document.yaml: not well-formed YAML: Plain value cannot start with reserved character @. Quote the text: it begins with a character that YAML reserves.",
      "a.yaml:1:5 error document.yaml: not well-formed YAML: Invalid escape sequence \\d. Double the backslash, or use single quotes, in which it means itself.",
      "a.yaml:2:2 error document.yaml: not well-formed YAML: Unexpected map-value-ind token in YAML stream. Check indentation, quotes and brackets at this place.",
    ]
  `);
});

test('bytes that are not UTF-8 are named for what they are', () => {
  const wide = [...'a: b'].flatMap((letter) => [letter.charCodeAt(0), 0]);
  const cases = [
    [0xff, 0xfe, ...wide],
    wide,
    [0xfe, 0xff, 0, 0x61],
    [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0],
    [0x61, 0x3a, 0x20, 0x62, 0x0a, 0x63, 0xff],
    [0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80],
  ];
  expect(cases.map((bytes) => lines(readYaml('a.yaml', Uint8Array.from(bytes)).findings).join('\n'))).toMatchInlineSnapshot(`
    [
      "a.yaml:1:1 error document.encoding: the file cannot be read: it is UTF-16, not UTF-8. Save it as UTF-8.",
      "a.yaml:1:1 error document.encoding: the file cannot be read: it is UTF-16 without a byte order mark, not UTF-8. Save it as UTF-8.",
      "a.yaml:1:1 error document.encoding: the file cannot be read: it is UTF-16, not UTF-8. Save it as UTF-8.",
      "a.yaml:1:1 error document.encoding: the file cannot be read: it is UTF-32, not UTF-8. Save it as UTF-8.",
      "a.yaml:2:2 error document.encoding: the file cannot be read: it has bytes that are not UTF-8. Save it as UTF-8.",
      "a.yaml:1:4 error document.encoding: the file cannot be read: it has bytes that are not UTF-8. Save it as UTF-8.",
    ]
  `);
});

test('values are those of YAML 1.2: dates and words stay text', () => {
  const text =
    'day: 2026-01-31\ntime: 2026-01-31T10:00:00Z\nno: no\nhex: 0x1F\nold: 010\nnothing:\nquoted: "1"\n1: one\n__proto__: x\nlist: &l [1, 2.5]\nagain: *l\n';
  const { document } = readYaml('a.yaml', text);
  expect(JSON.stringify(document?.value)).toBe(
    '{"1":"one","day":"2026-01-31","time":"2026-01-31T10:00:00Z","no":"no","hex":31,"old":10,"nothing":null,"quoted":"1","__proto__":"x","list":[1,2.5],"again":[1,2.5]}',
  );
});

test('positions of keys, values, list items and what is not there', () => {
  const { document } = readYaml('a.yaml', '\uFEFFa: 1\r\nlist:\r\n  - name: x\r\n    empty:\r\n  - [2,  3]\r\n');
  if (document === undefined) throw new Error('not read');
  const at = (...path: readonly (string | number)[]) => {
    const { line, column } = positionOf(document, path);
    return `${line}:${column}`;
  };
  expect(at('a')).toBe('1:4');
  expect(at('list', 0, 'name')).toBe('3:11');
  expect(at('list', 0, 'empty')).toBe('4:5');
  expect(at('list', 1, 1)).toBe('5:10');
  expect(at('list', 0, 'absent', 'deeper')).toBe('3:5');
  expect(positionOf(document, ['list'], 'key')).toEqual({ file: 'a.yaml', line: 2, column: 1 });
});

const N = documentLimits.bytes - 100;
const hostile: Readonly<Record<string, readonly [string, () => string | Uint8Array]>> = {
  'brackets without end': ['document.too-deep', () => '['.repeat(N)],
  'braces without end': ['document.too-deep', () => '{'.repeat(N)],
  'deep JSON': ['document.too-deep', () => '{"a":'.repeat(N / 5)],
  'deep sequences on one line': ['document.too-deep', () => '- '.repeat(N / 2)],
  'deep explicit keys': ['document.too-deep', () => '? '.repeat(N / 2)],
  'deep indentation': ['document.too-deep', () => Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  'an anchor within itself': ['document.too-deep', () => '&a [*a, *a]'],
  'a billion laughs': [
    'document.alias',
    () => `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index] ?? ''},`.repeat(9)}]`).join('\n')}`,
  ],
  'aliases without end': ['document.too-large', () => `a: &a 1\nb: [${'*a,'.repeat(N / 3 - 10)}]`],
  'many aliases of a big part': ['document.alias', () => `a: &a [${'1,'.repeat(1000)}]\nb: [${'*a,'.repeat(1000)}]`],
  'keys without end': ['document.too-large', () => Array.from({ length: 400_000 }, (_, index) => `k${index}: 1`).join('\n')],
  'a long quoted text': ['document.too-large', () => `a: "${'x'.repeat(N - 10)}"`],
  'a long plain text': ['document.too-large', () => `a: ${'x'.repeat(N - 10)}`],
  'a long text of many lines': ['document.too-large', () => `a: |\n${'  x\n'.repeat(N / 4 - 10)}`],
  'escapes without end': ['document.too-large', () => `"${'\\'.repeat(N - 2)}`],
  'empty lines': ['document.too-large', () => '\n'.repeat(N)],
  comments: ['document.too-large', () => '#\n'.repeat(N / 2)],
  'documents without end': ['document.yaml', () => '---\n'.repeat(N / 4)],
  'directives without end': ['document.yaml', () => '%A\n'.repeat(N / 3)],
  'quotes without end': ['document.yaml', () => '"\n'.repeat(N / 2)],
  'closing brackets': ['document.yaml', () => '}'.repeat(N)],
  'anchors without end': ['document.too-large', () => '&a '.repeat(N / 3)],
  commas: ['document.too-large', () => `[${','.repeat(N)}`],
  '50 MB': ['document.too-large', () => new Uint8Array(50_000_000)],
  'zero bytes': ['document.encoding', () => new Uint8Array(1000)],
};

test.each(Object.entries(hostile))('%s end in a finding', (_, [code, text]) => {
  const { document, findings } = readYaml('a.yaml', text());
  expect(document).toBeUndefined();
  expect(findings[0]?.code).toBe(code);
  expect(findings.length).toBeLessThanOrEqual(documentLimits.findings);
});

test('a large document within the limits is read', () => {
  const text = Array.from({ length: 5_000 }, (_, index) => `- name: column_${index}\n  description: >-\n    ${'word '.repeat(80)}\n`).join('');
  const { document } = readYaml('a.yaml', text);
  expect(document?.value).toHaveLength(5_000);
});

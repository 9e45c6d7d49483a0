import { expect, test } from 'vitest';
import { readYaml } from '../document/read-yaml.ts';
import { parseRestriction } from './parse-restriction.ts';

function parse(written: string) {
  const { document } = readYaml('a.yaml', `value: ${written}\n`);
  if (document === undefined) throw new Error(`no YAML: ${written}`);
  return parseRestriction(document, ['value']);
}

test.each([
  ['{columns: {email: {mask: null}}}', "Write email: {mask: 'null'} to show null in its place."],
  ['{columns: {email: null, born: drop}}', "Write email: 'null' to show null in its place."],
  ['{columns: {email: }}', "Write email: 'null' to show null in its place."],
])('%s is refused with what to write', (written, hint) => {
  expect(parse(written).findings.map((finding) => [finding.message, finding.hint])).toEqual([
    ['column email has no mask: YAML reads null without quotes as nothing', hint],
  ]);
});

test('null in quotes is a mask', () => {
  expect(parse("{columns: {email: 'null', born: {mask: 'null'}}}")).toEqual({
    restriction: {
      columns: [
        { column: 'email', action: { kind: 'null' } },
        { column: 'born', action: { kind: 'null' } },
      ],
    },
    findings: [],
  });
});

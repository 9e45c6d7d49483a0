import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMesh, type OpenMesh } from '../../../../../test/fixtures/open-mesh.ts';
import { smallTexts } from '../../../../../test/fixtures/small-mesh.ts';

let mesh: OpenMesh;

beforeAll(async () => {
  mesh = await openMesh({ texts: smallTexts });
});

afterAll(() => mesh[Symbol.asyncDispose]());

async function buildOf(file: string, text: string): Promise<string> {
  await mesh.write({ [`finance/churn/${file}`]: text });
  await mesh.apply({ 'finance/churn/build.yaml': `sources:\n  rows: {file: ${file}, columns: {customer: VARCHAR, amount: "DECIMAL(12,2)"}}\n` });
  return (await mesh.build('finance/churn')).map(({ outcome, message }) => `${outcome}: ${message}`).join('\n');
}

test('a row that cannot be read is told with its file, line, value and type', async () => {
  const told = [
    await buildOf('cell.csv', 'customer,amount\nann,1.5\nbob,two\n'),
    await buildOf('wide.csv', 'customer,amount\nann,1.5\nbob,2,3\n'),
    await buildOf('torn.jsonl', '{"customer": "ann", "amount": 1.5}\n{"customer": "bob", "amo\n'),
    await buildOf('typed.jsonl', '{"customer": "ann", "amount": 1.5}\n{"customer": "bob", "amount": "two"}\n'),
    await buildOf('named.csv', 'who;how much\nann;1.5\n'),
  ];
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "failed: finance/churn/cell.csv:3: column amount is DECIMAL(12,2), and its value \`two\` is not
        bob,two
    Correct the value, or the type of amount under columns of this source in build.yaml.
    failed: source.rows: the header names none of the columns customer, amount. Its first line is read as: bob | 2 | 3. Correct the names, say csv: {delimiter: ","}, or correct lines with more or fewer fields.
    failed: finance/churn/torn.jsonl:3: the line is no JSON: unexpected control character in string. Correct the line, or the types under columns of this source in build.yaml.
    failed: finance/churn/typed.jsonl:2: Failed to cast value to decimal: "two". Correct the line, or the types under columns of this source in build.yaml.
    failed: source.rows: the header names none of the columns customer, amount. Its first line is read as: who | how much. Correct the names, say csv: {delimiter: ","}, or correct lines with more or fewer fields."
  `);
});

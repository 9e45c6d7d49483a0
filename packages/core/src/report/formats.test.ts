import { expect, test } from 'vitest';
import { contractAnswer } from '../api/contract-answer.ts';
import { listOf, objectOf } from '../document/json.ts';
import { checksOf } from './contract-report.ts';
import { describeReport } from './describe-report.ts';
import { formatJunit } from './format-junit.ts';
import { formatReportOors } from './format-report-oors.ts';
import { formatSarif } from './format-sarif.ts';
import { hostileReport } from './report.fixture.ts';

const report = hostileReport();
const statuses = checksOf(report).map(({ status }) => status);

test('JUnit: well-formed whatever the names and values, one case a rule, and only fail is a failure', () => {
  const xml = formatJunit(report);
  expect(xml).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
  const cases = [...parseXml(xml)];
  expect(cases.map(({ children }) => children)).toEqual(
    statuses.map((status) => ({ pass: [], fail: ['failure'], warn: ['system-out'], error: ['error'], skip: ['skipped'] })[status]),
  );
  const shown = `<b a="1">&'\uFFFD\uFFFD]]>\uFFFD \u{1f600}\n`;
  const failed = cases.find(({ children }) => children[0] === 'failure');
  expect(failed?.message).toBe(`found ${shown}`);
  expect(failed?.text).toContain(`SELECT '${shown}'`);
  expect(xml).toMatch(
    new RegExp(`<testsuite name="orders &amp; more" tests="${statuses.length}" failures="1" errors="1" skipped="1" timestamp="2026-06-01T00:00:00"`),
  );
});

test('SARIF 2.1.0: a result at each clause, with the level and kind that the standard allows together', () => {
  const sarif = JSON.parse(JSON.stringify(formatSarif(report, '1.2.3')));
  expect(sarif).toMatchObject({ version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json' });
  const [run] = sarif.runs;
  expect(run.tool.driver).toMatchObject({ name: 'Hanse', version: '1.2.3' });
  expect(run.results.map(({ level, kind, properties }: Record<string, { status?: string }>) => [properties?.status, level, kind])).toEqual(
    statuses.map((status) => [
      status,
      ...{ fail: ['error', 'fail'], warn: ['warning', 'fail'], error: ['warning', 'fail'], pass: ['none', 'pass'], skip: ['none', 'notApplicable'] }[status],
    ]),
  );
  for (const [index, result] of run.results.entries()) {
    expect(result.message.text.length).toBeGreaterThan(0);
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect(artifactLocation.uri).toBe('my%20contracts/a%26b.yaml');
    expect(region).toEqual({ startLine: index + 1, startColumn: 3 });
  }
  expect(run.invocations[0].executionSuccessful).toBe(false);
  expect(JSON.stringify(sarif)).not.toContain('SELECT');
});

test('SARIF holds no value of a row: neither the answer of a query nor what the engine says of it', () => {
  const [object] = report.objects;
  const [first] = object?.rules ?? [];
  if (object === undefined || first === undefined) throw new Error('the report has a rule');
  const answers = (['fail', 'pass', 'error'] as const).flatMap((status) =>
    [
      { kind: 'sql', query: 'SELECT max(email) FROM orders', reads: [] } as const,
      { kind: 'aggregate', aggregate: 'maximum', threshold: { operator: 'mustBeLessThan', value: 5 } } as const,
    ].map((test) => ({
      ...first,
      check: {
        rule: { ...first.check.rule, test, expectation: 'must hold' },
        status,
        found: status === 'error' ? "Conversion Error: Could not convert string 'planted' to INT32" : 'it is planted',
        value: 'planted',
        sample: [{ email: 'planted' }],
      },
    })),
  );
  const sarif = JSON.stringify(formatSarif({ ...report, objects: [{ ...object, rules: answers }] }, '1.2.3'));
  expect(sarif).not.toContain('planted');
  expect(sarif).toContain('Conversion Error');
});

test('OORS: one message for all objects, whose ids are unique in it', () => {
  const message = formatReportOors(report);
  expect(message).toMatchObject({ kind: 'ObservabilityResults', status: 'error', contract: { version: '1.0.0' } });
  const results = listOf(message['results']).map(objectOf);
  expect(results.map(({ status }) => status)).toEqual(statuses);
  expect(new Set(results.map(({ id }) => id)).size).toBe(statuses.length);
});

test('JSON: the shape that is documented, with counts that add up', () => {
  const answer = contractAnswer.parse(JSON.parse(JSON.stringify(describeReport(report))));
  expect(Object.values(answer.counts).reduce((sum, count) => sum + count, 0)).toBe(statuses.length);
  expect(answer.objects[0]?.rules.map(({ result }) => result)).toEqual(statuses);
  expect(answer.result).toBe('fail');
});

interface XmlCase {
  readonly children: string[];
  message: string;
  text: string;
}

/** As much of an XML parser as tells whether a document is well-formed; yields the test cases. */
function* parseXml(xml: string): Generator<XmlCase> {
  const open: string[] = [];
  let at: XmlCase | undefined;
  const rest = xml.replace(/^<\?xml [^?]*\?>\n/, '');
  for (const [token, end, name = '', attributes = '', empty] of rest.matchAll(/<(\/?)([a-z-]+)((?:\s+[a-zA-Z]+="[^"<]*")*)\s*(\/?)>|[^<]+/g)) {
    if (name === '') {
      if (at !== undefined) at.text += unescape(token);
    } else if (end === '/') {
      expect(open.pop()).toBe(name);
      if (name === 'testcase' && at !== undefined) yield at;
    } else {
      if (name === 'testcase') at = { children: [], message: '', text: '' };
      else if (open.at(-1) === 'testcase') at?.children.push(name);
      const message = / message="([^"]*)"/.exec(attributes)?.[1];
      if (at !== undefined && message !== undefined) at.message = unescape(message);
      if (empty !== '/') open.push(name);
    }
  }
  expect(open).toEqual([]);
  expect(rest.replaceAll(/<(\/?)([a-z-]+)((?:\s+[a-zA-Z]+="[^"<]*")*)\s*(\/?)>|[^<]+/g, '')).toBe('');
}

function unescape(text: string): string {
  expect(text.replaceAll(/&(?:amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&');
  return text
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

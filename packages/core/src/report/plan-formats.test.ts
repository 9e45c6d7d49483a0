import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPlanGithub } from './format-plan-github.ts';
import { formatPlanJunit } from './format-plan-junit.ts';
import { formatPlanMarkdown } from './format-plan-markdown.ts';
import { formatPlanSarif } from './format-plan-sarif.ts';
import { code, prose } from './markdown.ts';
import { effect, hostilePlan, hostileTexts, plans, reportOf, step } from './plan-report.fixture.ts';
import { placedEffects } from './plan-report.ts';

const report = (name: string) => plans[name] ?? reportOf({});
const headings = (markdown: string) => markdown.split('\n').filter((line) => line.startsWith('## '));

test('each outcome has its heading, and the first line finds the comment again', () => {
  expect(Object.keys(plans).map((name) => [name, ...headings(formatPlanMarkdown(report(name)))])).toMatchInlineSnapshot(`
    [
      [
        "nothing",
        "## ✅ Nothing changes",
      ],
      [
        "safe",
        "## ✅ This change is safe for its consumer",
      ],
      [
        "breaks",
        "## ❌ This change breaks 2 consumers",
      ],
      [
        "unknown",
        "## ❔ Nobody can tell whether this change breaks 1 consumer",
      ],
      [
        "accepted",
        "## 🤝 This change breaks 1 consumer, who accepted it",
      ],
      [
        "observed",
        "## ⚠️ This change breaks 1 consumer; their tables do not block, so nothing is kept back",
      ],
      [
        "wrong",
        "## ❌ The documents have errors: nothing can be applied",
      ],
    ]
  `);
  expect(new Set(Object.keys(plans).map((name) => formatPlanMarkdown(report(name)).split('\n')[0]))).toEqual(new Set(['<!-- hanse-plan here -->']));
});

test('the comment of a change that breaks two consumers', () => {
  expect(formatPlanMarkdown(report('breaks'))).toMatchInlineSnapshot(`
    "<!-- hanse-plan here -->
    ## ❌ This change breaks 2 consumers

    Consumers: **2** broken. Documents: 1 to change.

    | Consumer | Verdict | What changes for it | Known from | Notice | What to do |
    | --- | --- | --- | --- | --- | --- |
    | <code>marketing/spend</code><br>reads <code>finance/churn:metrics</code> | ❌ breaks | column <code>amount</code> is renamed to total | <code>marketing/spend/spend.sql</code> | 30 days, not before **2026-07-01**<br><code>a2</code> | Read total in place of <code>amount</code>. |
    | <code>mia</code><br>reads <code>finance/churn:metrics</code> | ❌ breaks | column <code>amount</code> is renamed to total | <code>marketing/spend/spend.sql</code><br>seen 2026-05-31, yesterday | 90 days, not before **2026-08-30**<br><code>a1</code> | Read total in place of <code>amount</code>. |

    **What now?**
    - Publish <code>2.0.0</code> in a file of its own and serve the former one beside it, deprecated, until **2026-08-30**: nobody breaks.
    - Let the consumer say yes: <code>hanse access accept a2 --change column-renamed:metrics:amount=total</code> (the keys of all changes are below).
    - Go ahead on record: <code>hanse apply --break --reason &#60;why&#62;</code> logs who did it, why, and whom it broke.

    **Version**
    - <code>finance/metrics</code> <code>1.0.0</code> → <code>1.1.0</code> says too little: a major change wants **<code>2.0.0</code>**

    <details><summary>1 finding</summary>

    |  | Where | What | Code |
    | --- | --- | --- | --- |
    | ⚠️ | <code>finance/churn/metrics.odcs.yaml:12</code> | version 1.1.0 says too little<br>Write <code>version: 2.0.0</code>. | <code>change.version</code> |

    </details>

    <details><summary>How each consumer keeps what it read</summary>

    These read what is new in the shape of what was.

    **<code>marketing/spend</code>**, by **2026-07-01**:

    \`\`\`sql
    SELECT
      total AS amount
    FROM finance.metrics
    \`\`\`

    </details>

    <details><summary>What changes in <code>finance/metrics 1.1.0</code> (1)</summary>

    | Change | Readers | Writers | Where |
    | --- | :-: | :-: | --- |
    | column <code>amount</code> is renamed to total<br><code>column-renamed</code> | ❌ | ❌ | <code>finance/churn/metrics.odcs.yaml:12</code> |

    \`\`\`diff
    - amount
    + total
    \`\`\`

    **Whoever writes it must follow**
    - <code>finance/churn</code> (finance/churn/metrics.sql, judged when it next runs): column <code>amount</code> is renamed to total

    **To accept for a consumer**

    \`\`\`sh
    hanse access accept a2 --change column-renamed:metrics:amount=total --reason "..."
    hanse access accept a1 --change column-renamed:metrics:amount=total --reason "..."
    \`\`\`

    </details>

    <sub>Compared with the mesh at log number 7. The same here: <code>hanse plan</code>. *Safe* is said on evidence alone; what nobody can tell is *unknown*.</sub>
    "
  `);
});

/** What our own words bring; everything else in angle brackets would be a document's. */
const OURS = /<\/?(?:code|details|summary|sub|br)>|<!-- hanse-plan [\w.]* -->/g;

test.each(hostileTexts.map((text) => [JSON.stringify(text), text] as const))('Markdown: %s becomes no markup, link or mention', (_, text) => {
  const markdown = formatPlanMarkdown(hostilePlan(text));
  const outside = markdown.replaceAll(/^(`{3,})\w*\n[^]*?\n\1$/gm, '');
  const left = outside
    .replace(/^## /m, '')
    .replaceAll(OURS, '')
    .replaceAll(/&#\d+;/g, '\u00b7');
  expect(left.replaceAll('\n', '')).not.toMatch(/[<>[\]&`$~\\@#!\p{Cc}\p{Cf}]|https?:\/\/|www\./u);
  expect(outside).not.toMatch(/&#(?:35|64);(?!&#8203;)/);
  expect(outside.match(/<(?:details|code|summary|sub)>/g)?.length).toBe(outside.match(/<\/(?:details|code|summary|sub)>/g)?.length);
  const cells = new Set(
    outside
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length - 2),
  );
  expect([...cells].toSorted()).toEqual([4, 6]);
});

test('Markdown: any text keeps its words, and adds none of the characters that mean something', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      for (const escaped of [code(text), prose(text)]) {
        const bare = escaped.replaceAll(/<\/?code>/g, '').replaceAll(/&#\d+;/g, '');
        expect(bare).not.toMatch(/[&<>|`*[\]\\~!@#$]|\n/);
      }
    }),
    { numRuns: 300 },
  );
  expect(prose('Write `version: 2.0.0` to `a`, or `so', ['a'])).toBe('Write <code>version: 2.0.0</code> to <code>a</code>, or &#96;so');
  expect(prose('column total is renamed', ['total'])).toBe('column <code>total</code> is renamed');
});

test('Markdown: a plan of any size fits into a comment, and what is left out is counted', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => ({
    ...effect,
    consumer: `team-${index}/product`,
    change: `column c${index} is removed`,
    key: `k${index}`,
  }));
  const markdown = formatPlanMarkdown(
    reportOf({
      steps: [
        { ...step, effects: many, migrations: many.map(({ consumer }, index) => ({ consumer, table: 't', by: null, sql: `SELECT ${'x'.repeat(index)}` })) },
        ...many.map(({ change }) => ({ ...step, ref: change })),
      ],
      findings: many.map(({ change }) => ({ code: 'change.version', severity: 'warning' as const, message: change })),
    }),
  );
  expect(markdown.length).toBeLessThan(65_536);
  expect(markdown.length).toBeGreaterThan(40_000);
  const shown = markdown.match(/^\| <code>team-/gm)?.length ?? 0;
  const left = Number(/… and (\d+) more: `hanse plan` names them all/.exec(markdown)?.[1]);
  expect([shown > 50, shown + left]).toEqual([true, 3_000]);
  expect(markdown).toMatch(/… and \d+ more documents/);
  const huge = formatPlanMarkdown(hostilePlan('@|<`'.repeat(30_000)));
  expect(huge.length).toBeLessThan(65_536);
});

test('GitHub: one line for each annotation, whatever a document says', () => {
  expect(formatPlanGithub(report('breaks'))).toMatchInlineSnapshot(`
    "::error file=finance/churn/metrics.odcs.yaml,line=12,col=9,title=Hanse%3A breaks marketing/spend::finance/metrics 1.1.0: column amount is renamed to total: breaks marketing/spend (marketing/spend/spend.sql). Notice under a2 runs until 2026-07-01. Read total in place of amount.
    ::error file=finance/churn/metrics.odcs.yaml,line=12,col=9,title=Hanse%3A breaks mia::finance/metrics 1.1.0: column amount is renamed to total: breaks mia (marketing/spend/spend.sql). Notice under a1 runs until 2026-08-30. Read total in place of amount.
    ::warning file=finance/churn/metrics.odcs.yaml,line=12,col=9,title=Hanse%3A change.version::version 1.1.0 says too little%0AWrite \`version: 2.0.0\`.
    ::notice title=Hanse::This change breaks 2 consumers"
  `);
  for (const text of hostileTexts) {
    const lines = formatPlanGithub(hostilePlan(text)).split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) (?:(?:file|line|col|title)=[^,:\r\p{Cc}]*,?)+::[^\r\p{Cc}]*$/u);
  }
});

test('SARIF 2.1.0: the members that the standard requires, at the changed lines', () => {
  for (const { plan, ...more } of [...Object.values(plans), ...hostileTexts.map(hostilePlan)]) {
    const sarif = JSON.parse(JSON.stringify(formatPlanSarif({ plan, ...more })));
    expect(sarif).toMatchObject({
      version: '2.1.0',
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      runs: [{ tool: { driver: { name: 'Hanse', version: '1.2.3' } } }],
    });
    const [run] = sarif.runs;
    expect(run.results).toHaveLength(placedEffects(plan).filter((placed) => placed.effect.verdict !== 'safe').length + plan.findings.length);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text.length).toBeGreaterThan(0);
      for (const { physicalLocation } of result.locations ?? []) {
        if (physicalLocation === undefined) continue;
        expect(physicalLocation.artifactLocation.uri).toMatch(/^[\w.!~*'()%/-]+$/);
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      }
    }
  }
  const levels = (name: string) => JSON.parse(JSON.stringify(formatPlanSarif(report(name)))).runs[0].results.map(({ level }: { level: string }) => level);
  expect(['breaks', 'unknown', 'accepted', 'observed', 'safe'].map(levels)).toEqual([
    ['error', 'error', 'note', 'warning'],
    ['warning'],
    ['note'],
    ['note'],
    [],
  ]);
});

test('JUnit: a case for each verdict, of which only what keeps the plan back fails', () => {
  const heads = ['breaks', 'unknown', 'accepted', 'safe', 'wrong', 'nothing'].map(
    (name) => /<testsuites [^>]*? (tests=.*?) time/.exec(formatPlanJunit(report(name)))?.[1],
  );
  expect(heads).toEqual([
    'tests="3" failures="2" errors="0" skipped="0"',
    'tests="2" failures="0" errors="1" skipped="0"',
    'tests="1" failures="0" errors="0" skipped="0"',
    'tests="1" failures="0" errors="0" skipped="0"',
    'tests="3" failures="2" errors="0" skipped="0"',
    'tests="0" failures="0" errors="0" skipped="0"',
  ]);
  for (const text of hostileTexts) {
    const xml = formatPlanJunit(hostilePlan(text));
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
    const tags = xml.replaceAll(/<\?xml [^>]*\?>|<(\/?)(testsuites|testsuite|testcase|failure|error|system-out)((?: [a-z]+="[^"<]*")*)>/g, '');
    expect(tags).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/);
    expect(xml.match(/<testcase /g)?.length).toBe(xml.match(/<\/testcase>/g)?.length);
  }
});

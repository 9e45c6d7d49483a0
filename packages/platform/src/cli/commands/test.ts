import type { DbtArtifacts } from '@hanse/core/adopt/dbt/manifest.ts';
import { compiledOnly } from '@hanse/core/dbt/compiled-only.ts';
import { optional } from '@hanse/core/document/json.ts';
import { checksOf, type ContractReport } from '@hanse/core/report/contract-report.ts';
import { type CheckStatus, outcomeOf } from '@hanse/core/rule/check.ts';
import { UserError } from '../../error.ts';
import type { Command, CommandCall, LoneCall } from '../command.ts';
import { reachOf, variablesOf } from '../contract-flags.ts';
import { exits } from '../exits.ts';
import { writeWhole } from '../write-whole.ts';
import { renderChecks } from './build.ts';

export const test: Command = {
  name: 'test',
  summary: 'Checks a contract against its data: a file, where its servers say; or published tables of the mesh. Publishes nothing',
  usage: '<contract.odcs.yaml> [--server <name>] [--schema <object>] [--format <format>] [--from <target>] | [<ref>] [--oors]',
  example: 'hanse test orders.odcs.yaml',
  flags: {
    from: { type: 'string', help: 'What dbt’s last run said, read from its target folder: of a file, or of each contract of the mesh that a dbt model keeps' },
    server: { type: 'string', help: 'Of a file: which of its servers holds the data, by name or environment; that of --env, else the first, where absent' },
    schema: { type: 'string', help: 'Of a file: the only schema object to test' },
    var: { type: 'string', help: 'Of a file: <name>=<value> for ${name} in its servers, with commas between several; the environment otherwise' },
    format: { type: 'string', help: 'Of a file: table, json, oors, junit or sarif' },
    out: { type: 'string', help: 'Of a file: writes the results there, and a table to the terminal' },
    explain: { type: 'boolean', help: 'Of a file: shows the statements that were run, and the SQL of each rule' },
    metadata: { type: 'boolean', help: 'Of a file: reads no row; what types and constraints do not prove is skipped' },
    sample: { type: 'string', help: 'Of a file, in a database: judges about this percentage of the rows' },
    'last-partition': { type: 'boolean', help: 'Of a file, in a database: judges the newest partition' },
    oors: { type: 'boolean', help: 'Prints the results as messages of the Open Observability Results Standard' },
  },
  alone: ([word]) => (word !== undefined && /\.(ya?ml|json)$/i.test(word) ? (call) => testFile(call, word) : undefined),
  run: testMesh,
};

async function testFile(call: LoneCall, file: string): Promise<number> {
  const { flags, terminal } = call;
  const format = formatOf(call);
  if (typeof flags.from === 'string') return testDbt(call, flags.from, [file]);
  const reach = reachOf(call);
  const variables = variablesOf(call);
  const engine = call.engine();
  // Its worker starts while the rest is loaded; what needs no engine does not mind that there is none.
  await engine.catch(() => undefined);
  const { testContract } = await import('../../services/contract/test-contract.ts');
  const report = await testContract(
    { engine: () => engine, openPostgres: call.openPostgres },
    {
      file,
      ...(typeof flags.server === 'string' && { server: flags.server }),
      ...optional('environment', typeof flags.env === 'string' ? flags.env : call.environment.HANSE_ENV),
      ...(typeof flags.schema === 'string' && { object: flags.schema }),
      ...(reach !== undefined && { reach }),
      variable: (name) => variables.get(name) ?? call.environment[name],
      limits: call.limits,
      id: call.newId(),
      now: call.now(),
      signal: call.signal,
      ...(!terminal.json && { tell: (ref, stage, done) => terminal.progress({ ref, stage, ...(done !== undefined && { done }) }) }),
    },
  );
  const text = await formatReport(call, report, format);
  if (typeof flags.out === 'string') await writeWhole(flags.out, bytesOf(`${text}\n`));
  else terminal.line(text);
  if (typeof flags.out === 'string' && !terminal.json) terminal.line(await formatReport(call, report, 'table'));
  return exitOfReports([report]);
}

function exitOfReports(reports: readonly ContractReport[]): number {
  return exitOf(reports.flatMap(checksOf).map(({ status }) => status));
}

function exitOf(statuses: readonly CheckStatus[]): number {
  const outcome = outcomeOf(statuses);
  return outcome === 'fail' ? exits.refused : outcome === 'error' ? exits.usage : exits.done;
}

/** One report for each contract; of several, JSON is a list. */
async function testDbt(call: Output, target: string, files: readonly string[], { several = false } = {}): Promise<number> {
  const [{ readArtifacts }, { testFromDbt }] = await Promise.all([
    import('../../services/dbt/read-artifacts.ts'),
    import('../../services/contract/test-from-dbt.ts'),
  ]);
  const artifacts = await readArtifacts(target);
  checkResults(artifacts, target);
  const found = await Promise.all(files.map((file) => testFromDbt({ file, target: artifacts.target, artifacts, id: call.newId(), now: call.now() })));
  const reports = found.filter((report) => report !== undefined);
  if (reports.length === 0)
    throw new UserError(
      'missing',
      `${files.length === 1 ? files[0] : 'no contract here'}: no model of ${target} is its table`,
      'A contract names its model in the custom property `dbtModel`, as hanse adopt dbt writes it; else table and model have one name.',
    );
  const format = formatOf(call);
  const [only] = reports;
  if (only !== undefined && reports.length === 1 && !several) call.terminal.line(await formatReport(call, only, format));
  else if (format === 'table')
    for (const [index, report] of reports.entries()) call.terminal.line(`${index === 0 ? '' : '\n'}${await formatReport(call, report, format)}`);
  else if (format === 'json' || format === 'oors')
    call.terminal.line(`[${(await Promise.all(reports.map((report) => formatReport(call, report, format)))).join(',')}]`);
  else throw new UserError('usage', `--format ${format} is of one contract`, 'Name its file before --from.');
  return exitOfReports(reports);
}

function checkResults({ runResults }: DbtArtifacts, target: string): void {
  const compiled = runResults === undefined ? undefined : compiledOnly(runResults);
  if (runResults !== undefined && compiled === undefined) return;
  const why = compiled === undefined ? 'no run_results.json is there' : `run_results.json is of \`dbt ${compiled}\``;
  const hint = 'Run `dbt build` or `dbt test`; `dbt docs generate --no-compile` writes the catalog and keeps what they said.';
  throw new UserError('missing', `${target}: ${why}, so dbt has said nothing of its tests`, hint);
}

type Output = Pick<CommandCall, 'flags' | 'terminal' | 'version' | 'newId' | 'now'>;

const formats = ['table', 'json', 'oors', 'junit', 'sarif'] as const;
type Format = (typeof formats)[number];

function formatOf({ flags, terminal }: Output): Format {
  const asked = flags.format ?? (flags.oors === true ? 'oors' : terminal.json ? 'json' : 'table');
  const format = formats.find((one) => one === asked);
  if (format !== undefined) return format;
  throw new UserError('usage', `--format is ${JSON.stringify(asked)}`, `It is one of ${formats.join(', ')}.`);
}

async function formatReport(call: Output, report: ContractReport, format: Format): Promise<string> {
  switch (format) {
    case 'table':
      return (await import('../render/contract-report.ts')).renderReport(report, call.terminal, { explain: call.flags.explain === true });
    case 'json':
      return JSON.stringify((await import('@hanse/core/report/describe-report.ts')).describeReport(report));
    case 'oors':
      return JSON.stringify((await import('@hanse/core/report/format-report-oors.ts')).formatReportOors(report));
    case 'junit':
      return (await import('@hanse/core/report/format-junit.ts')).formatJunit(report).trimEnd();
    case 'sarif':
      return JSON.stringify((await import('@hanse/core/report/format-sarif.ts')).formatSarif(report, call.version));
    default:
      return format satisfies never;
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}

async function testMesh(call: CommandCall): Promise<number> {
  const [ref] = call.words;
  if (typeof call.flags.from === 'string') return testDbt(call, call.flags.from, await contractsNamed(call, ref), { several: true });
  const answer = await (await call.mesh()).test({ ...(ref !== undefined && { ref }) }, { signal: call.signal, progress: call.terminal.progress });
  if (call.flags.oors === true) call.terminal.line(JSON.stringify(answer.tables.map(({ report }) => report)));
  else if (call.terminal.json) call.terminal.line(JSON.stringify(answer));
  else for (const { ref: name, checks } of answer.tables) call.terminal.line(renderChecks(name, checks, call.terminal));
  return exitOf(answer.tables.flatMap(({ checks }) => checks.map(({ result }) => result)));
}

/** The contracts of the mesh's folder, or of one product. */
async function contractsNamed(call: CommandCall, ref: string | undefined): Promise<readonly string[]> {
  const [{ surveyGround }, { contractFiles }] = await Promise.all([
    import('../../services/adopt/adopt.ts'),
    import('../../services/contract/contract-files.ts'),
  ]);
  return contractFiles(await surveyGround(call.settings.folder, await call.tree()), ref);
}

import { join, resolve } from 'node:path';
import { exportFormats } from '@hanse/core/export/format-names.ts';
import { formatNumber } from '@hanse/core/rule/format-number.ts';
import { countOf } from '../../config.ts';
import { UserError } from '../../error.ts';
import type { Ground } from '../../services/adopt/adopt.ts';
import type { Command, CommandCall } from '../command.ts';
import { shown } from '../shown.ts';
import { showJson } from './build.ts';

type Write = (call: CommandCall, ref: string | undefined, format: string) => Promise<number>;

/** What can be written, by its name on the command line. */
const formats: Readonly<Record<string, Write>> = {
  ...Object.fromEntries(exportFormats.map((format) => [format, exportFiles])),
  'dbt-tests': exportDbtTests,
  sample: exportRows,
};

export const exportCommand: Command = {
  name: 'export',
  summary:
    'Writes a product for another tool: as odcs, dbt, avro, json-schema, sql, openlineage, dprod, markdown, html; its rules as tests into a dbt project; or made-up rows that keep its contract',
  usage:
    '<format> [<ref or contract file>] [--out <folder>] | dbt-tests <ref or contract file> --into <project> | sample <ref or contract file> --out <folder> [--rows <n>] [--seed <n>] [--format <format>]',
  example: 'hanse export markdown finance/churn',
  flags: {
    out: { type: 'string', help: 'A folder for the files; a single one is printed where absent. No file that is there is written over' },
    rows: { type: 'string', help: 'Of sample: rows of each table, 1000 where absent; fewer where its keys have no more, others where a rule asks for them' },
    seed: { type: 'string', help: 'Of sample: a number; equal ones give equal rows. 1 where absent' },
    format: { type: 'string', help: 'Of sample: parquet, csv or jsonl' },
    into: { type: 'string', help: 'Of dbt-tests: the folder of the dbt project, which dbt has parsed' },
  },
  run: async (call) => {
    const [format = '', ref] = call.words;
    const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (write === undefined)
      throw new UserError(
        'usage',
        format === '' ? 'hanse export needs a format' : `\`${format}\` is no format`,
        `Formats are ${Object.keys(formats).join(', ')}; as in: ${exportCommand.example}.`,
      );
    return write(call, ref, format);
  },
};

/** The contracts that a ref means, or a file; all of the folder without one. */
async function filesOf(call: CommandCall, ref: string | undefined): Promise<{ readonly ground: Ground; readonly files: readonly string[] }> {
  const [{ surveyGround }, { contractFiles }] = await Promise.all([
    import('../../services/adopt/adopt.ts'),
    import('../../services/contract/contract-files.ts'),
  ]);
  const ground = await surveyGround(call.settings.folder, await call.tree());
  return { ground, files: ref !== undefined && /\.(ya?ml|json)$/i.test(ref) ? [ref] : contractFiles(ground, ref) };
}

async function exportFiles(call: CommandCall, ref: string | undefined, format: string): Promise<number> {
  const { out } = call.flags;
  const { ground, files } = await filesOf(call, ref);
  const { exportContracts } = await import('../../services/export/export-contracts.ts');
  const done = await exportContracts(files, { format, ground, ...(typeof out === 'string' && { out: resolve(out) }) });
  if (showJson(call, done)) return 0;
  if (typeof out === 'string') for (const { name } of done.files) call.terminal.line(`wrote ${join(out, name)}`);
  else for (const { text } of done.files) call.terminal.line(text.trimEnd());
  for (const { what, why } of done.left) console.error(shown(`left out: ${what}: ${why}`));
  return 0;
}

async function exportRows(call: CommandCall, ref: string | undefined): Promise<number> {
  const { out, format = 'parquet' } = call.flags;
  if (ref === undefined)
    throw new UserError('usage', 'rows of what?', 'Name a product or a contract’s file, as in hanse export sample shop/orders --out samples.');
  if (typeof out !== 'string') throw new UserError('usage', 'hanse export sample needs --out', 'Name a folder for the files, one per table: --out samples.');
  const { exportSample, sampleFormats } = await import('../../services/export/export-sample.ts');
  const known = sampleFormats.find((one) => one === format);
  if (known === undefined) throw new UserError('usage', `--format is ${JSON.stringify(format)}`, `It is one of ${sampleFormats.join(', ')}.`);
  const limits = {
    memoryBytes: countOf(call.settings, 'memory') * 2 ** 20,
    tempBytes: countOf(call.settings, 'temp') * 2 ** 20,
    deadlineMs: countOf(call.settings, 'testDeadline') * 1000,
  };
  const asked = { rows: wholeFlag(call, 'rows', 1000), seed: wholeFlag(call, 'seed', 1), format: known };
  const done = await exportSample((await filesOf(call, ref)).files, { ...asked, engine: call.engine, limits, out: resolve(out), signal: call.signal });
  if (showJson(call, done)) return 0;
  for (const { name, rows } of done.files) call.terminal.line(`wrote ${join(out, name)}: ${formatNumber(rows)} rows`);
  for (const { what, why } of done.left) console.error(shown(`left out: ${what}: ${why}`));
  return 0;
}

function wholeFlag({ flags }: CommandCall, name: 'rows' | 'seed', otherwise: number): number {
  const written = flags[name];
  if (written === undefined) return otherwise;
  if (typeof written === 'string' && /^[1-9]\d{0,8}$/.test(written)) return Number(written);
  throw new UserError('usage', `--${name} is ${JSON.stringify(written)}, not a whole number from 1 up to 999999999`, `As in --${name} ${otherwise}.`);
}

async function exportDbtTests(call: CommandCall, ref: string | undefined): Promise<number> {
  const { into } = call.flags;
  if (ref === undefined)
    throw new UserError(
      'usage',
      'what is to be exported?',
      'Name a product or a contract’s file, as in hanse export dbt-tests shop/orders --into ../shop-dbt.',
    );
  if (typeof into !== 'string') throw new UserError('usage', 'hanse export dbt-tests needs --into', 'Name the folder of the dbt project: --into <project>.');
  const services = await import('../../services/export/export-dbt-tests.ts');
  const done = await services.exportDbtTests((await filesOf(call, ref)).files, resolve(into));
  if (showJson(call, done)) return 0;
  const { written, removed, unchanged, asked, left } = done;
  for (const path of written) call.terminal.line(`wrote ${path}`);
  for (const path of removed) call.terminal.line(`removed ${path}`);
  if (unchanged > 0) call.terminal.line(`${unchanged} files are as they should be`);
  for (const { what, by } of asked) call.terminal.line(`asked already: ${what} (${by})`);
  for (const { what, why } of left) call.terminal.line(`not in dbt: ${what}: ${why}`);
  call.terminal.line(`\nThen: dbt build, and ${call.program} test --from ${into}/target`);
  return 0;
}

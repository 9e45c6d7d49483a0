import { resolve } from 'node:path';
import { UserError } from '../../error.ts';
import type { Command, CommandCall } from '../command.ts';
import { showJson } from './build.ts';

type Export = (call: CommandCall, ref: string) => Promise<number>;

/** What can be written, by its name on the command line. */
const formats: Readonly<Record<string, Export>> = { 'dbt-tests': exportDbtTests };

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes a product for another tool: dbt-tests writes its contract’s rules into a dbt project',
  usage: '<format> <ref or contract file> --into <project>',
  example: 'hanse export dbt-tests shop/orders --into ../shop-dbt',
  flags: { into: { type: 'string', help: 'Of dbt-tests: the folder of the dbt project, which dbt has parsed' } },
  run: async (call) => {
    const [format = '', ref] = call.words;
    const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (write === undefined || ref === undefined)
      throw new UserError('usage', `hanse export: ${write === undefined ? `\`${format}\` is no format` : 'what is to be exported?'}`, `Formats are ${Object.keys(formats).join(', ')}; as in: ${exportCommand.example}.`);
    return write(call, ref);
  },
};

async function exportDbtTests(call: CommandCall, ref: string): Promise<number> {
  const { into } = call.flags;
  if (typeof into !== 'string') throw new UserError('usage', 'hanse export dbt-tests needs --into', 'Name the folder of the dbt project: --into <project>.');
  const [{ surveyGround }, { contractFiles }, services] = await Promise.all([
    import('../../services/adopt/adopt.ts'),
    import('../../services/contract/contract-files.ts'),
    import('../../services/export/export-dbt-tests.ts'),
  ]);
  const files = /\.(ya?ml|json)$/i.test(ref) ? [ref] : contractFiles(await surveyGround(call.settings.folder, await call.tree()), ref);
  const done = await services.exportDbtTests(files, resolve(into));
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

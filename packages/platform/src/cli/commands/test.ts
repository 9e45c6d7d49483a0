import { checksOf } from '../../services/contract/contract-report.ts';
import type { Command, CommandCall, LoneCall } from '../command.ts';
import { renderChecks } from './build.ts';

const FAILED = 1;
const UNABLE = 2;

export const test: Command = {
  name: 'test',
  summary: 'Checks a contract against its data: a file that names where the data lies, or published tables of the mesh',
  usage: '<contract.odcs.yaml> [--server <name>] [--var <name>=<value>] | [<ref>] [--oors]',
  example: 'hanse test orders.odcs.yaml',
  flags: {
    server: { type: 'string', help: 'Which of the contract’s servers holds the data; the first where absent' },
    oors: { type: 'boolean', help: 'Prints the results as messages of the Open Observability Results Standard' },
  },
  alone: ([word]) => (word !== undefined && /\.(ya?ml|json)$/i.test(word) ? (call) => testFile(call, word) : undefined),
  run: testMesh,
};

async function testFile(call: LoneCall, word: string): Promise<number> {
  const engine = call.engine();
  const [{ testContract }, { renderReport }] = await Promise.all([import('../../services/contract/test-contract.ts'), import('../render/contract-report.ts')]);
  const report = await testContract(await engine, {
    file: word,
    ...(typeof call.flags.server === 'string' && { server: call.flags.server }),
    variable: (name) => call.environment[name],
    limits: call.limits,
    signal: call.signal,
    tell: (ref, stage, done) => call.terminal.progress({ ref, stage, ...(done !== undefined && { done }) }),
  });
  call.terminal.line(renderReport(report, call.terminal));
  const statuses = new Set(checksOf(report).map(({ status }) => status));
  return statuses.has('fail') ? FAILED : statuses.has('error') ? UNABLE : 0;
}

async function testMesh(call: CommandCall): Promise<number> {
  const [ref] = call.words;
  const answer = await (await call.mesh()).test({ ...(ref !== undefined && { ref }) }, { signal: call.signal, progress: call.terminal.progress });
  if (call.flags.oors === true) call.terminal.line(JSON.stringify(answer.tables.map(({ report }) => report)));
  else if (call.terminal.json) call.terminal.line(JSON.stringify(answer));
  else for (const { ref: name, checks } of answer.tables) call.terminal.line(renderChecks(name, checks, call.terminal));
  return answer.tables.some(({ checks }) => checks.some(({ result }) => result === 'fail' || result === 'error')) ? 1 : 0;
}

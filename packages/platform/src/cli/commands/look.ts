import type { TableAnswer } from '@hanse/core/api/shapes.ts';
import type { OperationOutput } from '@hanse/core/api/operations.ts';
import type { Command, CommandCall } from '../command.ts';
import { renderGrants } from '../render/grants.ts';
import { onSamples } from '../render/on-samples.ts';
import { whatToDoFirst } from '../next-step.ts';
import { table } from '../terminal.ts';
import { requiredWord } from '../words.ts';
import { showJson } from './build.ts';

export const products: Command = {
  name: 'products',
  summary: 'Lists the products, their tables and states',
  usage: '[<domain>] [--at <time>]',
  example: 'hanse products finance --at 2026-01-31',
  flags: { at: { type: 'string', help: 'As of a day, a time or a log number' } },
  run: async (call) => {
    const [domain] = call.words;
    const answer = await (
      await call.mesh()
    ).products({ ...(domain !== undefined && { domain }), ...(typeof call.flags.at === 'string' && { asOf: call.flags.at }) });
    if (showJson(call, answer)) return 0;
    const rows = answer.products.flatMap((product) =>
      product.tables.map((one) => [one.ref, one.sql, one.contract.version, stateOf(one), one.rows === null ? '' : String(one.rows), one.roles.join(', ')]),
    );
    if (rows.length === 0)
      call.terminal.line(
        domain === undefined ? `No products. ${await whatToDoFirst(call)}` : `No products in a domain ${domain}. List all with: hanse products.`,
      );
    else call.terminal.line(table(['port', 'sql name', 'contract', 'state', 'rows', 'roles'], rows));
    return 0;
  },
};

export const status: Command = {
  name: 'status',
  summary: 'What is published, late, breached or open',
  usage: '[<ref>] [--coverage]',
  example: 'hanse status finance/churn --coverage',
  flags: { coverage: { type: 'boolean', help: 'Clause by clause, what is enforced, observed or only words, and by what' } },
  run: async (call) => {
    const mesh = await call.mesh();
    const answer = await mesh.status(call.flags.coverage === true ? { coverage: 'true' } : {});
    const { places } = await mesh.grants({});
    if (showJson(call, { ...answer, grants: places })) return 0;
    const asked = answer.tables.filter((one) => isWithin(one.ref, call.words[0]));
    if (call.flags.coverage === true) return showCoverage(call, asked);
    const rows = asked.map((one) => [one.ref, stateOf(one), one.freshness, one.rows === null ? '' : String(one.rows), one.snapshot ?? '']);
    const tables = rows.length === 0 ? `No tables. ${await whatToDoFirst(call)}` : table(['port', 'state', 'freshness', 'rows', 'snapshot'], rows);
    call.terminal.line(`${answer.mesh}, log number ${answer.head}${answer.headHash === '' ? '' : `, hash ${answer.headHash}`}\n\n${tables}`);
    for (const incident of answer.incidents.filter(({ open }) => open))
      call.terminal.line(`\nincident ${incident.id} ${incident.ref} since ${incident.at}\n  ${incident.message.replaceAll('\n', '\n  ')}`);
    for (const line of renderGrants(places, call.terminal)) call.terminal.line(`\n${line}`);
    return 0;
  },
};

/** What is not held was never published, and lacks nothing for that. */
function stateOf(one: TableAnswer): string {
  return one.custody === 'held' ? `${one.contract.state}${onSamples(one)}` : one.custody;
}

/** `finance/churn:churn` lies within `finance`, `finance/churn` and itself; its older majors within it. */
function isWithin(table: string, ref: string | undefined): boolean {
  return ref === undefined || table === ref || ['/', ':', '__'].some((end) => table.startsWith(`${ref}${end}`));
}

async function showCoverage(call: CommandCall, tables: OperationOutput<'status'>['tables']): Promise<number> {
  if (tables.length === 0) call.terminal.line(`No tables, so no clause is covered. ${await whatToDoFirst(call)}`);
  for (const { ref, custody, coverage } of tables) {
    if (coverage === null) continue;
    const { enforced, observed, onlyWords, clauses } = coverage;
    const rows = clauses.map((clause) => [clause.coverage, shorten(clause.clause, 80), shorten(clause.how, 80)]);
    call.terminal.line(`${ref}, ${custody}: ${enforced} enforced, ${observed} observed, ${onlyWords} only words\n${table(['', 'clause', 'how'], rows)}\n`);
  }
  return 0;
}

export const log: Command = {
  name: 'log',
  summary: 'Who changed what, when and why',
  usage: '[--after <number>] [--limit <count>]',
  example: 'hanse log --limit 20',
  flags: {
    after: { type: 'string', help: 'Entries after this number; the newest where absent' },
    limit: { type: 'string', help: 'How many, 100 where absent' },
  },
  run: async (call) => {
    const { after, limit } = call.flags;
    const answer = await (await call.mesh()).log({ ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) });
    if (showJson(call, answer)) return 0;
    const rows = answer.entries.map((entry) => [
      String(entry.sequence),
      entry.at,
      entry.actor,
      entry.intent,
      shorten(entry.documents.join(' '), 60),
      shorten(entry.reason, 60),
    ]);
    if (rows.length === 0)
      call.terminal.line(after === undefined ? 'The log is empty: the first hanse apply begins it.' : `The log has no entry after ${String(after)}.`);
    else call.terminal.line(table(['number', 'at', 'actor', 'intent', 'documents', 'reason'], rows));
    return 0;
  },
};

export const logVerify: Command = {
  name: 'log verify',
  summary: 'Walks the hash chains and says where they do not hold',
  usage: '[--head <hash>]',
  example: 'hanse log verify',
  flags: {
    head: { type: 'string', help: 'A hash that the log once ended with, noted elsewhere from hanse status: shows whether newest entries were cut off' },
  },
  run: async (call) => {
    const answer = await (await call.mesh()).verifyLog(typeof call.flags.head === 'string' ? { head: call.flags.head } : {});
    if (!showJson(call, answer)) {
      for (const finding of answer.findings) call.terminal.line(`${finding.message}${finding.hint === undefined ? '' : `\n  ${finding.hint}`}`);
      if (answer.findings.length === 0) call.terminal.line(`${answer.entries} entries: every hash holds.`);
    }
    return answer.findings.length === 0 ? 0 : 1;
  },
};

export const reads: Command = {
  name: 'reads',
  summary: 'Who read what: the record of governed reads',
  usage: '[--limit <count>]',
  example: 'hanse reads --limit 20',
  flags: { limit: { type: 'string', help: 'How many, 100 where absent' } },
  run: async (call) => {
    const { limit } = call.flags;
    const answer = await (await call.mesh()).reads(limit === undefined ? {} : { limit });
    if (showJson(call, answer)) return 0;
    if (answer.reads.length === 0) call.terminal.line('No reads on record that you may see: each hanse query adds one.');
    else
      call.terminal.line(
        table(
          ['at', 'principal', 'tables', 'statement'],
          answer.reads.map((read) => [read.at, read.principal, read.tables.join(', '), shorten(read.statement, 80)]),
        ),
      );
    return 0;
  },
};

export const tokenCreate: Command = {
  name: 'token create',
  summary: 'Creates a bearer token for a person; it is shown once',
  usage: '<username> [--days <count>]',
  example: 'hanse token create mia --days 30',
  flags: { days: { type: 'string', help: 'How long it is good, 90 where absent' } },
  run: async (call) => {
    const { days } = call.flags;
    const answer = await (await call.mesh()).createToken({ username: requiredWord(call, tokenCreate, 0), ...(days !== undefined && { days }) });
    if (showJson(call, answer)) return 0;
    call.terminal.line(`${answer.token}\n\nFor ${answer.username}, until ${answer.expires}. It is not shown again; keep it like a password.`);
    return 0;
  },
};

function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

import type { QueryAnswer, QueryInput } from '@hanse/core/api/operations.ts';
import { UserError } from '../../error.ts';
import type { Command, CommandCall } from '../command.ts';
import { onSamples } from '../render/on-samples.ts';
import { paint, table } from '../terminal.ts';
import { requiredWord } from '../words.ts';
import { writeWhole } from '../write-whole.ts';

const SHOWN = 1_000;

export const query: Command = {
  name: 'query',
  summary: 'Answers a SELECT under your agreements, with provenance',
  usage: '"<select>" [--format table|json|jsonl|csv|parquet] [--out <file>] [--purpose <purpose>] [--at <time>]',
  example: 'hanse query "select count(*) from operations.flights" --as mia',
  flags: {
    format: { type: 'string', help: 'table (on a terminal), json, jsonl, csv or parquet' },
    out: { type: 'string', help: 'Writes the answer to a file' },
    purpose: { type: 'string', help: 'Which agreement, where several open a table' },
    at: { type: 'string', help: 'Reads as of a day, a time or a log number' },
  },
  run: async (call) => {
    const sql = requiredWord(call, query, 0);
    const format = formatOf(call);
    const input: QueryInput = {
      sql,
      format: format === 'table' ? 'jsonl' : format,
      ...(typeof call.flags.purpose === 'string' && { purpose: call.flags.purpose }),
      ...(typeof call.flags.at === 'string' && { asOf: call.flags.at }),
    };
    const answer = await (await call.mesh()).query(input, { signal: call.signal });
    if (typeof call.flags.out === 'string') await writeWhole(call.flags.out, answer.body);
    else if (format === 'table') await showTable(call, answer);
    else if (call.terminal.json) await showJson(call, answer);
    else for await (const chunk of answer.body) await call.terminal.write(chunk);
    return 0;
  },
};

function formatOf(call: CommandCall): 'table' | 'json' | 'jsonl' | 'csv' | 'parquet' {
  const asked = call.flags.format ?? (call.terminal.json ? 'json' : 'table');
  if (call.terminal.json && asked !== 'json' && call.flags.out === undefined)
    throw new UserError('usage', '--json is one document with rows and provenance, and --format is another', 'Leave one of them out.');
  if (asked === 'table' || asked === 'json' || asked === 'jsonl' || asked === 'csv') return asked;
  if (asked === 'parquet' && typeof call.flags.out === 'string') return asked;
  throw new UserError('usage', `--format is ${JSON.stringify(asked)}`, 'It is table, json, jsonl or csv; parquet goes with --out <file>.');
}

/** One document: the rows and where they come from. */
async function showJson(call: CommandCall, answer: QueryAnswer): Promise<void> {
  const chunks = await Array.fromAsync(answer.body);
  const rows: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  call.terminal.line(JSON.stringify({ columns: answer.columns, rows, provenance: answer.provenance }));
}

async function showTable(call: CommandCall, answer: QueryAnswer): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  let more = 0;
  for await (const line of linesOf(answer.body)) {
    if (rows.length === SHOWN) {
      more += 1;
      continue;
    }
    rows.push(JSON.parse(line) as Record<string, unknown>);
  }
  const { terminal } = call;
  // Over HTTP very many columns are named by the rows alone.
  const names = answer.columns.length > 0 ? answer.columns.map(({ name }) => name) : Object.keys(rows[0] ?? {});
  terminal.line(
    table(
      names,
      rows.map((row) => names.map((name) => cell(row[name]))),
    ),
  );
  if (more > 0) terminal.line(paint(terminal, 'dim', `... and ${more} rows more; --format csv shows all`));
  for (const one of answer.provenance)
    terminal.line(
      paint(
        terminal,
        'dim',
        `${one.table}: ${one.product} ${one.version}, snapshot ${one.snapshot}, role ${one.role}, contract ${one.contractState}${onSamples(one)}`,
      ),
    );
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

import { mentions, plainWords, type TableReading, unreadable } from '@hanse/core/use/statement-use.ts';
import type { DialectName } from '@hanse/core/use/dialects.ts';
import type { Dialects, StatementQuestion } from '../../dialect/dialect.ts';
import { startWorker, type WorkerProcess } from '../duckdb/worker-process.ts';
import { watchWorker } from '../duckdb/worker-watch.ts';
import type { PolyglotRequest } from './polyglot-request.ts';

export interface PolyglotOptions {
  readonly deadlineMs?: number;
  readonly maxStatementBytes?: number;
  /** Told the id of each process that is started. */
  readonly onStart?: (pid: number) => void;
}

const defaults = { deadlineMs: 5_000, maxStatementBytes: 256 * 2 ** 10 };
/** The parser takes some hundred MiB before the first statement. */
const memoryBytes = 512 * 2 ** 20;

/** Nested in PostgreSQL, ended by the first end elsewhere: the parser takes one for the other. */
const nestedComment = /\/\*(?:(?!\*\/)[^])*\/\*/;
/** `/*!` is run, and `--` is twice a minus where no white space follows (MySQL, "Comments"). */
const mysqlComment = /\/\*!|--\S/;

/** Whether `"x"` is a name or a text is a setting: MySQL's ANSI_QUOTES, Spark's doubleQuotedIdentifiers. The parser takes it for a text. */
const quotesByMode: ReadonlySet<DialectName> = new Set(['mysql', 'spark', 'databricks']);

function quotesColumn(sql: string, tables: StatementQuestion['tables']): boolean {
  const quoted = new Set(Array.from(sql.matchAll(/"([^"]*)"/g), ([, text = '']) => text.toLowerCase()));
  return tables.some(({ columns = [] }) => columns.some((column) => quoted.has(column.toLowerCase())));
}

/** Reads statements in a process of their own, which is started with the first of them and killed where one is too much for it. */
export function openPolyglot(options: PolyglotOptions = {}): Dialects {
  return new PolyglotProcess({ ...defaults, ...options });
}

class PolyglotProcess implements Dialects {
  readonly #options: typeof defaults & PolyglotOptions;
  #worker: Promise<WorkerProcess> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: typeof defaults & PolyglotOptions) {
    this.#options = options;
  }

  columnsRead(sql: string, { dialect, tables }: StatementQuestion): Promise<readonly TableReading[]> {
    const words = plainWords(sql);
    const named = tables.filter((table) => mentions(words, table));
    if (named.length === 0) return Promise.resolve([]);
    const why = this.#whyNot(sql, { dialect, tables: named });
    if (why !== undefined) return Promise.resolve(unreadable(words, named, why));
    const answered = this.#turn.then(() => this.#ask({ sql, dialect, tables: named }));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  async close(): Promise<void> {
    await this.#turn;
    const worker = await this.#worker?.catch(() => undefined);
    worker?.kill('The parser is closed.');
    await worker?.exited;
  }

  #whyNot(sql: string, { dialect, tables }: StatementQuestion): string | undefined {
    if (Buffer.byteLength(sql) > this.#options.maxStatementBytes) return `the statement is longer than ${this.#options.maxStatementBytes / 1_024} KiB`;
    if (/\{\{|\{%/.test(sql)) return 'the statement holds a template that is not filled in';
    const isDoubtful = nestedComment.test(sql) || (dialect === 'mysql' && mysqlComment.test(sql));
    if (isDoubtful) return 'the statement holds comments that databases read differently';
    return quotesByMode.has(dialect) && quotesColumn(sql, tables) ? 'the statement holds a name in double quotes, which may be a text' : undefined;
  }

  async #ask(request: PolyglotRequest): Promise<readonly TableReading[]> {
    const worker = await (this.#worker ??= this.#start());
    using _watch = watchWorker(worker, { deadlineMs: this.#options.deadlineMs, memoryBytes, graceMs: 0 });
    try {
      return await worker.request<readonly TableReading[]>(request);
    } catch {
      // A parser that ran out of its stack answers nothing right from then on.
      worker.kill('The parser failed.');
      this.#worker = undefined;
      return unreadable(plainWords(request.sql), request.tables, 'the statement is too much for the parser');
    }
  }

  async #start(): Promise<WorkerProcess> {
    const worker = await startWorker(new URL('./polyglot-worker', import.meta.url));
    this.#options.onStart?.(worker.pid);
    return worker;
  }
}

import { ExternalError, UserError } from '../../error.ts';
import type { Analysis, TableShape } from '../engine.ts';
import type { BoundPlan } from './bound-plan.ts';
import type { ParserRequest } from './parser-request.ts';
import { rememberAnswers } from './remember-answers.ts';
import { startWorker, type WorkerIdentity, type WorkerProcess } from './worker-process.ts';
import { watchWorker } from './worker-watch.ts';

export interface ParserOptions {
  /** How long one statement may take. */
  readonly deadlineMs?: number;
  /** How many statements may wait. */
  readonly maxQueued?: number;
  readonly maxStatementBytes?: number;
  /** Told the id of each process that is started. */
  readonly onStart?: (pid: number) => void;
  /** The user that the process becomes, where we are root. */
  readonly identity?: WorkerIdentity;
}

export interface Parser {
  /** Passes a statement through the gate. Errors: `UserError` where it is refused, too long, or too much to parse. */
  parse(sql: string): Promise<Analysis>;
  boundPlan(sql: string, tables: readonly TableShape[]): Promise<BoundPlan>;
  close(): Promise<void>;
}

const defaults = { deadlineMs: 5_000, maxQueued: 256, maxStatementBytes: 128 * 2 ** 10 };
const memoryBytes = 512 * 2 ** 20;

/** Starts a process that holds no data and parses: one statement at a time, killed at its deadline, restarted after death. */
export function openParser(options: ParserOptions = {}): Parser {
  const parser = new SupervisedParser({ ...defaults, ...options });
  const parse = rememberAnswers((sql: string) => parser.ask<Analysis>({ kind: 'parse', sql }));
  const plan = rememberAnswers((question: PlanQuestion) => parser.ask<BoundPlan>({ kind: 'plan', ...question }));
  return {
    parse,
    boundPlan: (sql, tables) => plan({ sql, tables }),
    close: () => parser.close(),
  };
}

interface PlanQuestion {
  readonly sql: string;
  readonly tables: readonly TableShape[];
}

class SupervisedParser {
  readonly #options: typeof defaults & ParserOptions;
  #worker: Promise<WorkerProcess> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(options: typeof defaults & ParserOptions) {
    this.#options = options;
    this.#start().catch(() => undefined);
  }

  async ask<Reply>(request: ParserRequest): Promise<Reply> {
    this.#admit(request.sql);
    this.#waiting += 1;
    const answer = this.#last.then(() => this.#answer<Reply>(request));
    this.#last = answer.catch(() => undefined).finally(() => (this.#waiting -= 1));
    return answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker?.catch(() => undefined);
    worker?.kill('The parser is closed.');
    await worker?.exited;
  }

  #admit(sql: string): void {
    const { maxStatementBytes, maxQueued } = this.#options;
    if (this.#closed) throw new ExternalError('The parser is closed.');
    if (Buffer.byteLength(sql) > maxStatementBytes) {
      const hint = 'Put long lists of values into a table and join it.';
      throw new UserError('limit', `The statement is longer than ${maxStatementBytes / 1_024} KiB.`, hint);
    }
    if (this.#waiting > maxQueued) {
      throw new UserError('busy', `More than ${maxQueued} statements wait to be parsed.`, 'Try again in a moment.');
    }
  }

  /** A process that died by itself may have been somebody else's victim: its statement gets one more. */
  async #answer<Reply>(request: ParserRequest): Promise<Reply> {
    const first = await this.#attempt<Reply>(request);
    if (first.kind === 'answered') return first.reply;
    const second = first.kind === 'died' ? await this.#attempt<Reply>(request) : first;
    if (second.kind === 'answered') return second.reply;
    const hint = 'Make it shorter or less deeply nested.';
    throw new UserError('limit', `The statement is too much for the parser: ${second.reason}`, hint);
  }

  async #attempt<Reply>(request: ParserRequest): Promise<Attempt<Reply>> {
    const worker = await this.#start();
    using watch = watchWorker(worker, { deadlineMs: this.#options.deadlineMs, memoryBytes });
    try {
      return { kind: 'answered', reply: await worker.request<Reply>(request) };
    } catch (error) {
      if (watch.stopped !== undefined) return { kind: 'stopped', reason: watch.stopped.message };
      if (!worker.ended) throw error;
      return { kind: 'died', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      if (watch.stopped !== undefined) worker.kill(watch.stopped.message);
      if (worker.ended || watch.stopped !== undefined) this.#worker = undefined;
    }
  }

  #start(): Promise<WorkerProcess> {
    if (this.#closed) throw new ExternalError('The parser is closed.');
    const started = this.#worker ?? startWorker(new URL('./parser-worker', import.meta.url), this.#options.identity);
    if (started === this.#worker) return started;
    this.#worker = started;
    started.then(({ pid }) => this.#options.onStart?.(pid), () => (this.#worker = undefined));
    return started;
  }
}

type Attempt<Reply> =
  | { readonly kind: 'answered'; readonly reply: Reply }
  | { readonly kind: 'stopped' | 'died'; readonly reason: string };

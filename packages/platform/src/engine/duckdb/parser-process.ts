import { ExternalError, UserError } from '../../error.ts';
import type { Analysis, TableShape } from '../engine.ts';
import type { BoundPlan } from './bound-plan.ts';
import type { ParserRequest } from './parser-request.ts';
import { rememberAnswers } from './remember-answers.ts';
import { TurnQueue } from './turn-queue.ts';
import { startWorker, type WorkerIdentity, type WorkerProcess } from './worker-process.ts';
import { watchWorker } from './worker-watch.ts';

export interface ParserOptions {
  /** How long a person's statement may take. */
  readonly deadlineMs?: number;
  /** How long one of the mesh's own may take. */
  readonly ownDeadlineMs?: number;
  /** How many statements may wait, of people and of the mesh's own. */
  readonly maxQueued?: number;
  readonly maxStatementBytes?: number;
  /** Told the id of each process that is started. */
  readonly onStart?: (pid: number) => void;
  /** The user that the process becomes, where we are root. */
  readonly identity?: WorkerIdentity;
}

export interface Parser {
  /** Passes a statement through the gate. Errors: `UserError` where it is refused, too long, or too much to parse. */
  parse(sql: string, owner?: string): Promise<Analysis>;
  boundPlan(sql: string, tables: readonly TableShape[], owner?: string): Promise<BoundPlan>;
  close(): Promise<void>;
}

const defaults = { deadlineMs: 1_000, ownDeadlineMs: 5_000, maxQueued: 256, maxStatementBytes: 128 * 2 ** 10 };
const memoryBytes = 512 * 2 ** 20;
/** Processes for people's statements: while one folds somebody's endless constant, the others are answered. */
const processes = 2;
const queuedPerOwner = 32;

/** Starts a process that holds no data and parses; more, one statement each, while several people ask. Each is killed at its deadline. */
export function openParser(options: ParserOptions = {}): Parser {
  const parser = new ParserProcesses({ ...defaults, ...options });
  const parse = rememberAnswers((sql: string, owner) => parser.ask<Analysis>({ kind: 'parse', sql }, owner));
  const plan = rememberAnswers((question: PlanQuestion, owner) => parser.ask<BoundPlan>({ kind: 'plan', ...question }, owner));
  return {
    parse,
    boundPlan: (sql, tables, owner) => plan({ sql, tables }, owner),
    close: () => parser.close(),
  };
}

interface PlanQuestion {
  readonly sql: string;
  readonly tables: readonly TableShape[];
}

class ParserProcesses {
  readonly #options: typeof defaults & ParserOptions;
  readonly #people: TurnQueue;
  readonly #own: TurnQueue;
  readonly #living = new Set<Promise<WorkerProcess>>();
  readonly #idle: Promise<WorkerProcess>[] = [];
  #closed = false;

  constructor(options: typeof defaults & ParserOptions) {
    this.#options = options;
    const { maxQueued: queued } = options;
    this.#people = new TurnQueue('parsers', { turns: processes, perOwner: 1, queued, queuedPerOwner, waitMs: Infinity });
    this.#own = new TurnQueue('parsers', { turns: 1, perOwner: 1, queued, queuedPerOwner: Infinity, waitMs: Infinity });
    this.#idle.push(this.#start());
  }

  async ask<Reply>(request: ParserRequest, owner: string | undefined): Promise<Reply> {
    this.#admit(request.sql);
    const turns = owner === undefined ? this.#own : this.#people;
    await turns.enter({ owner: owner ?? '', key: '' });
    try {
      return await this.#answer<Reply>(request, owner === undefined ? this.#options.ownDeadlineMs : this.#options.deadlineMs);
    } finally {
      turns.leave(owner ?? '', undefined);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const starting of this.#living) {
      const worker = await starting.catch(() => undefined);
      worker?.kill('The parser is closed.');
      await worker?.exited;
    }
  }

  #admit(sql: string): void {
    const { maxStatementBytes } = this.#options;
    if (this.#closed) throw new ExternalError('The parser is closed.');
    if (Buffer.byteLength(sql) <= maxStatementBytes) return;
    throw new UserError('limit', `The statement is longer than ${maxStatementBytes / 1_024} KiB.`, 'Put long lists of values into a table and join it.');
  }

  /** A process that died by itself may have been somebody else's victim: its statement gets one more. */
  async #answer<Reply>(request: ParserRequest, deadlineMs: number): Promise<Reply> {
    const first = await this.#attempt<Reply>(request, deadlineMs);
    if (first.kind === 'answered') return first.reply;
    const second = first.kind === 'died' ? await this.#attempt<Reply>(request, deadlineMs) : first;
    if (second.kind === 'answered') return second.reply;
    const hint = 'Make it shorter or less deeply nested, and write out large constants.';
    throw new UserError('limit', `The statement is too much for the parser: ${second.reason}`, hint);
  }

  async #attempt<Reply>(request: ParserRequest, deadlineMs: number): Promise<Attempt<Reply>> {
    const process = this.#idle.pop() ?? this.#start();
    const worker = await process;
    using watch = watchWorker(worker, { deadlineMs, memoryBytes, graceMs: 0 });
    try {
      return { kind: 'answered', reply: await worker.request<Reply>(request) };
    } catch (error) {
      if (watch.stopped !== undefined) return { kind: 'stopped', reason: watch.stopped.message };
      if (!worker.ended) throw error;
      return { kind: 'died', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      if (!worker.ended && watch.stopped === undefined) this.#idle.push(process);
    }
  }

  #start(): Promise<WorkerProcess> {
    if (this.#closed) throw new ExternalError('The parser is closed.');
    const started = startWorker(new URL('./parser-worker', import.meta.url), this.#options.identity);
    this.#living.add(started);
    started.then(
      (worker) => {
        this.#options.onStart?.(worker.pid);
        void worker.exited.then(() => this.#living.delete(started));
      },
      () => this.#living.delete(started),
    );
    return started;
  }
}

type Attempt<Reply> = { readonly kind: 'answered'; readonly reply: Reply } | { readonly kind: 'stopped' | 'died'; readonly reason: string };

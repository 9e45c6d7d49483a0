import type { Column } from '@hanse/core/table/column.ts';
import type { Engine, Limits, Session, WriteTarget } from '../engine/engine.ts';
import { ExternalError, isPastLimits } from '../error.ts';
import type { Files, Staged } from '../files/files.ts';

/** Where one slice of a data file is built: places for it and for its masked columns, and a worker that may write these. */
export interface Workplace {
  readonly target: Staged;
  readonly masks: Staged;
  /** Writes what a SELECT over `held.file` gives. The engine's words stay here: a failed cast shows the value, the statement holds the key. */
  write(sql: string, target: WriteTarget): Promise<void>;
}

export interface WorkplaceRequest {
  readonly source: string;
  readonly columns: readonly Column[];
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
}

/** Workplaces that share one worker, which is started by the first that needs it. What was not sealed is gone when they are disposed. */
export interface Workplaces extends AsyncDisposable {
  readonly places: readonly Workplace[];
}

interface Tools {
  readonly engine: Pick<Engine, 'session'>;
  readonly files: Files;
  readonly limits: Limits;
}

export async function openWorkplaces({ engine, files, limits }: Tools, { source, columns, count, signal }: WorkplaceRequest): Promise<Workplaces> {
  const pairs = await Promise.all(
    Array.from({ length: count }, async () => ({ target: await files.stage('slice', 'parquet'), masks: await files.stage('slice', 'parquet') })),
  );
  const staged = pairs.flatMap(({ target, masks }) => [target, masks]);
  const relation = { schema: 'held', name: 'file', format: 'parquet', files: [source], columns } as const;
  const start = () => engine.session({ relations: [relation], limits, writable: staged.map(({ path }) => path), ...(signal !== undefined && { signal }) });
  let session: Promise<Session> | undefined;

  async function write(sql: string, target: WriteTarget): Promise<void> {
    session ??= start();
    try {
      await (await session).write({ sql }, target);
    } catch (error) {
      throw withheld(error);
    }
  }

  return {
    places: pairs.map((pair) => ({ ...pair, write })),
    async [Symbol.asyncDispose]() {
      try {
        const started = await session?.catch(() => undefined);
        await started?.[Symbol.asyncDispose]();
      } finally {
        await Promise.all(staged.map((file) => files.discard(file)));
      }
    },
  };
}

function withheld(error: unknown): ExternalError {
  const reason = error instanceof Error && (error instanceof ExternalError || isPastLimits(error)) ? error.message : 'the engine refused the plan';
  return new ExternalError(`A slice could not be built: ${reason}`, { hint: 'Try again; if it stays, run hanse doctor.' });
}

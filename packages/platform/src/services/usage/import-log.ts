import { FoldedUses, type LoggedStatement, readsNothing, statementShape, type StatementReading } from '@hanse/core/use/fold-statements.ts';
import type { DialectName } from '@hanse/core/use/dialects.ts';
import type { Imported, UsageApi } from './import-dbt.ts';
import { readAll } from './read-all.ts';

export interface LogImport {
  /** What the log is called: read again, it adds to itself and counts nothing twice. */
  readonly origin: string;
  readonly dialect: DialectName;
  readonly statements: AsyncIterable<LoggedStatement>;
  /** The consumer that a user of the database is; undefined where its statements are no use, as those of the loader. */
  readonly consumerOf: (user: string) => string | undefined;
  readonly signal: AbortSignal;
}

/** So many statements wait for their answer, and so many answers are remembered. */
const MOST_WAITING = 500;
const MOST_REMEMBERED = 20_000;

/** Tells the mesh who used which columns of its tables, by the statements of a log. */
export async function importLog(api: UsageApi, { origin, dialect, statements, consumerOf, signal }: LogImport): Promise<Imported> {
  const folded = new FoldedUses();
  const known = new Map<string, readonly StatementReading[]>();
  const waiting: (LoggedStatement & { readonly shape: string; readonly consumer: string })[] = [];
  const settle = async (): Promise<void> => {
    const fresh = new Map(waiting.filter(({ shape }) => !known.has(shape)).map(({ shape, sql }) => [shape, sql]));
    const readings = await readAll(api, { dialect, statements: [...fresh.values()], signal });
    [...fresh.keys()].forEach((shape, index) => known.set(shape, readings[index] ?? []));
    for (const one of waiting) folded.add(one, one.consumer, known.get(one.shape) ?? []);
    waiting.length = 0;
    if (known.size > MOST_REMEMBERED) known.clear();
  };
  for await (const statement of statements) {
    signal.throwIfAborted();
    const consumer = consumerOf(statement.user);
    if (consumer === undefined || readsNothing(statement.sql)) continue;
    waiting.push({ ...statement, consumer, shape: statementShape(statement.sql) });
    if (waiting.length >= MOST_WAITING) await settle();
  }
  await settle();
  const uses = folded.uses().map(({ columns, ...use }) => ({ ...use, days: { ...use.days }, columns: columns === null ? null : [...columns] }));
  const told = await api.recordUsage({ source: 'query-log', origin, uses }, { signal });
  return { ...told, origin, consumers: new Set(uses.map(({ consumer }) => consumer)).size };
}

import type { JsonValue } from '@hanse/core/document/document.ts';
import type { Pass } from '@hanse/core/rule/compile-passes.ts';
import type { Session } from '../engine/engine.ts';
import { isRefused } from '../error.ts';
import { admitted, type Parse } from './admitted.ts';

export interface PassRun {
  readonly kind: Pass['kind'];
  readonly sql: string;
  /** Names of the data files it read. */
  readonly files: readonly string[];
}

/** What a check asks of a session. */
export interface Asked extends Pick<Session, 'rows'> {
  /** For queries that contracts write. */
  readonly parse: Parse;
}

export interface Run {
  readonly session: Asked;
  readonly passes: PassRun[];
  /** What is done, and how far it is from 0 to 1. */
  readonly tell?: (stage: string, done: number) => void;
}

type Row = Readonly<Record<string, JsonValue>>;

/** Runs one pass and records it. What the engine says against the statement is a value; a worker that died or was told to stop throws. */
export async function runPass(
  run: Run,
  pass: Pass,
  files: readonly { readonly name: string }[],
  parse?: Parse,
): Promise<{ readonly rows: readonly Row[] } | { readonly error: string }> {
  const asked = parse === undefined ? pass : await admitted(parse, pass.sql);
  if ('error' in asked) return asked;
  try {
    const { tell } = run;
    const rows = await run.session.rows({ sql: asked.sql }, tell && ((done) => tell(stageOf(pass), done)));
    run.passes.push({ kind: pass.kind, sql: pass.sql, files: files.map(({ name }) => name) });
    return { rows };
  } catch (error) {
    if (isRefused(error)) return { error: firstLine(error.message) };
    throw error;
  }
}

const stages = { footer: 'checking statistics', scan: 'checking values', aggregate: 'checking aggregates', sql: 'checking queries' };

function stageOf({ kind, measures: [measure] }: Pass): string {
  if (kind !== 'key') return stages[kind];
  return `checking keys${measure?.kind === 'key' ? ` (${measure.names.map(([name]) => name).join(', ')})` : ''}`;
}

/** The engine goes on with an excerpt of SQL that nobody wrote. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

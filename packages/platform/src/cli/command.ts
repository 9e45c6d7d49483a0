import type { SqlDatabase } from '@hanse/core/adopt/sql/draft-sql.ts';
import type { Api } from '@hanse/core/api/operations.ts';
import type { ProgressLine } from '@hanse/core/api/shapes.ts';
import type { LoggedStatement } from '@hanse/core/use/fold-statements.ts';
import type { OpenPlace } from '../check/place.ts';
import type { Settings } from '../config.ts';
import type { Engine, Limits } from '../engine/engine.ts';
import type { RevisionFiles, Tree } from '../tree/tree.ts';

export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly help: string;
}

/** One verb of the command line. */
export interface Command {
  /** Words that call it, as `access request`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name, as `<ref> --role <role>`. */
  readonly usage: string;
  readonly example: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Returns the exit code. */
  readonly run: (call: CommandCall) => Promise<number>;
  /** How it runs where its words need no mesh; undefined where they need one. Whatever it cannot do exits with 2. */
  readonly alone?: (words: readonly string[]) => LoneRun | undefined;
}

export type LoneRun = (call: LoneCall) => Promise<number>;

/** What a command without a mesh is given. */
export interface LoneCall extends Pick<CommandCall, 'words' | 'flags' | 'terminal' | 'signal' | 'version' | 'newId' | 'now'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits: Limits;
  /** Started when it is asked for. */
  readonly engine: () => Promise<Pick<Engine, 'session'>>;
  readonly openPostgres: OpenPlace;
}

export interface CommandCall {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The mesh: in process, or over HTTP where a server holds the folder. Opened on first use. */
  readonly mesh: () => Promise<Api<AbortSignal>>;
  /** The mesh of another environment, by its name in hanse.yaml or its URL. */
  readonly otherMesh: (name: string) => Promise<Api<AbortSignal>>;
  readonly tree: () => Promise<Tree>;
  /** Two revisions of the folder's git repository; the folder as it stands where no head is named. */
  readonly revisions: (base: string, head: string | undefined) => Promise<RevisionFiles>;
  /** Reads statements without a mesh. Started when it is asked for. */
  readonly parser: () => Promise<Pick<Engine, 'parse' | 'boundPlan'>>;
  /** ISO 8601 in UTC. */
  readonly now: () => string;
  /** Started when it is asked for: an engine without the mesh. */
  readonly engine: () => Promise<Pick<Engine, 'session'>>;
  /** What a database's catalog says of the tables that the patterns name. */
  readonly database: (connection: string, select: string | undefined) => Promise<SqlDatabase>;
  /** What a database counted of the statements that it ran. */
  readonly statementLog: (connection: string) => Promise<readonly LoggedStatement[]>;
  /** Serves the folder's mesh until the signal aborts. */
  readonly serve: () => Promise<Served>;
  readonly version: string;
  readonly newId: () => string;
  /** How a person calls this command line: `hanse`, or `npx hanse`. */
  readonly program: string;
}

export interface Served {
  readonly url: string;
  /** Where PostgreSQL's clients are served, if they are. */
  readonly postgres?: string;
  readonly closed: Promise<void>;
}

/** Where output goes. `json` asks for one JSON document on standard output. */
export interface Terminal {
  readonly json: boolean;
  readonly color: boolean;
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  readonly line: (text: string) => void;
  /** What a person should know and the result does not say: on standard error. */
  readonly warn: (message: string, hint: string) => void;
  /** A line on standard error that the next one replaces where it is a terminal; elsewhere each stage is told once. */
  readonly progress: (line: ProgressLine) => void;
}

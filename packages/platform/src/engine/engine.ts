import type { JsonValue } from '@hanse/core/document/document.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import type { Column, ColumnType } from '@hanse/core/table/column.ts';

/** A described table version, or a landed source, under the name that SQL uses for it. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly format: 'parquet' | 'csv' | 'json' | 'duckdb';
  /** Places that `Files.open` or a source gave. None: the relation is empty and needs `columns`. */
  readonly files: readonly string[];
  /**
   * The columns the relation shows, found in Parquet files by field id: absent in a file reads as null.
   * Without it the files say (sources). For CSV and JSON they give name and type of each field.
   */
  readonly columns?: readonly Column[];
  /** With `columns`: written by others, whose statistics may leave NaN out. */
  readonly foreign?: true;
  /** How CSV files are written, where they differ from RFC 4180 with a header. */
  readonly csv?: { readonly delimiter?: string; readonly header?: boolean; readonly nullText?: string; readonly encoding?: string };
  /**
   * What fields of CSV and JSON should hold, where that is to be judged: a text that does not fit reads as null, and is shown by the
   * relation `<name> misfits` as `misfit <column>`. Other fields are texts; a field that no file has is no column.
   */
  readonly fits?: readonly Fit[];
  /** With `fits`: the texts are read once, and their rows kept in the session's temporary space. */
  readonly kept?: true;
  /** Of a DuckDB file, which is opened to read only. */
  readonly table?: TableName;
}

export interface Fit {
  readonly name: string;
  readonly type: ColumnType;
  /** How dates and times are written, in the letters of strptime; ISO 8601 where it is absent. */
  readonly format?: string;
}

/** Bounds of one session. Past `deadlineMs` or 1.5 times the memory the worker is killed. */
export interface Limits {
  readonly memoryBytes: number;
  readonly deadlineMs: number;
  readonly maxRows?: number;
  readonly tempBytes: number;
}

export interface SessionOptions {
  readonly relations: readonly Relation[];
  readonly limits: Limits;
  /** Who asks: one owner's sessions do not keep the others' waiting. Absent for the mesh's own work, as builds. */
  readonly owner?: string;
  /** Staged places this session may write, and nothing else. */
  readonly writable?: readonly string[];
  /** Files that statements of ours may name by their place; they are opened when that is done, and not before. */
  readonly readable?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Statement {
  readonly sql: string;
  /** Values of `$1`, `$2`, ... */
  readonly parameters?: readonly JsonValue[];
}

export interface DescribedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The engine's own name of the type, for people. */
  readonly typeName: string;
}

/** `copy` is the text format of PostgreSQL's COPY, with each value as PostgreSQL writes it. */
export type ResultFormat = 'json' | 'jsonl' | 'csv' | 'copy' | 'parquet';

export interface ResultStream {
  readonly columns: readonly DescribedColumn[];
  /** Ends only after the last row was sent; a worker that dies throws here instead. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface ColumnStatistics {
  readonly columnId: number;
  readonly bytes: number;
  readonly nulls?: number;
  readonly values?: number;
  readonly nans?: number;
  /** In the engine's text form; absent where unknown. Inexact bounds (long strings) are left out. */
  readonly min?: string;
  readonly max?: string;
}

export interface WrittenFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly statistics: readonly ColumnStatistics[];
}

/** Reports how far a statement is, from 0 to 1, where the engine knows. */
export type Progress = (done: number) => void;

/**
 * A worker with the session's relations and nothing else in it.
 * Errors of the statement are `UserError` with the engine's text, places replaced by table names, also where it was ended
 * at its limits (`timeout`, `memory`); a worker that was cancelled or died is `ExternalError` that says why.
 */
export interface Session extends AsyncDisposable {
  /** As `Engine.parse`, in the session's own process, where the names of its relations are known. */
  parse(sql: string): Promise<Analysis>;
  /** The columns a SELECT gives, without running it. */
  describe(statement: Statement): Promise<readonly DescribedColumn[]>;
  /** A small result of a statement of ours, whole: at most 10,000 rows. 64-bit and decimal values come as text. */
  rows(statement: Statement, progress?: Progress): Promise<readonly Readonly<Record<string, JsonValue>>[]>;
  /** A result in the client's format, with back-pressure. One that stays unread for long ends the session. */
  stream(statement: Statement, format: ResultFormat): Promise<ResultStream>;
  /** Writes a SELECT as one Parquet file with these columns, in this order, with field ids and statistics. */
  write(statement: Statement, target: WriteTarget, progress?: Progress): Promise<WrittenFile>;
}

export interface WriteTarget {
  readonly path: string;
  readonly columns: readonly Column[];
}

/** What a SELECT says before it is run, from a process that holds no data. */
export interface Analysis {
  /** The statement printed back from the checked tree: this is what is run. */
  readonly sql: string;
  /** Tables it names, as written. */
  readonly tables: readonly TableName[];
  /** The statement with its literals replaced by `?`, for the record. */
  readonly normalised: string;
}

/** Tables by name and columns, for analysis; nothing is read. */
export type TableShape = Pick<Relation, 'schema' | 'name'> & { readonly columns: readonly Column[] };

export interface Engine {
  /** Parses a consumer's statement and passes it through the gate: one SELECT of allowed parts, or a `UserError`. `owner`: as of a session. */
  parse(sql: string, owner?: string): Promise<Analysis>;
  /** The engine's bound plan of a SELECT over these tables, as data for `core/lineage`. */
  boundPlan(sql: string, tables: readonly TableShape[], owner?: string): Promise<{ readonly plan: JsonValue; readonly columns: readonly DescribedColumn[] }>;
  session(options: SessionOptions): Promise<Session>;
  close(): Promise<void>;
}

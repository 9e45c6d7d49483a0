/** `build.yaml`: how a product's objects are made, where the defaults do not do. */
export interface BuildFile {
  /** By the name that SQL reads them by. */
  readonly sources: Readonly<Record<string, BuildSource>>;
  /** By the object's name, or `name__v1` for an older major. */
  readonly objects: Readonly<Record<string, BuildObject>>;
  readonly schedule?: Schedule;
  /** For objects that state none. */
  readonly level?: Level;
}

/** What a failed rule does: it is recorded, it warns, or it keeps the data from being published. */
export type Level = 'observe' | 'warn' | 'block';

export type Schedule = { readonly kind: 'cron'; readonly cron: string } | { readonly kind: 'after-inputs' };

export type BuildSource = FileSource | PostgresSource;

export interface FileSource {
  readonly kind: 'file';
  /** A path or glob, relative to the product's folder; may hold `${VAR}`. */
  readonly file: string;
  readonly format?: 'csv' | 'json' | 'parquet';
  readonly columns?: readonly SourceColumn[];
  readonly csv?: CsvOptions;
}

/** A field of a CSV or JSON file, with the engine's name of its type. */
export interface SourceColumn {
  readonly name: string;
  readonly type: string;
}

export interface CsvOptions {
  readonly delimiter?: string;
  readonly header?: boolean;
  /** The text that stands for null. */
  readonly nullText?: string;
}

export interface PostgresSource {
  readonly kind: 'postgres';
  /** A connection string, usually `${VAR}`. */
  readonly postgres: string;
  readonly read: { readonly kind: 'table'; readonly table: string } | { readonly kind: 'query'; readonly query: string };
  /** A column that only grows: what is above the last value read is new. */
  readonly cursor?: string;
}

export type BuildMode = 'full' | 'append' | 'merge';

export interface BuildObject {
  readonly mode: BuildMode;
  readonly cursor?: string;
  /** Delivered by an outside writer: there is no SQL to run. */
  readonly external: boolean;
  readonly retries?: number;
  readonly level?: Level;
}

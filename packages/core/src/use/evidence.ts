/** Where a use is known from. */
export type EvidenceSource = 'agreement' | 'build' | 'reads' | 'dbt' | 'query-log' | 'openlineage';

/** One thing that is known of one consumer's use of one table. */
export interface Evidence {
  readonly source: EvidenceSource;
  /** Columns used, by name; undefined where they cannot be known. */
  readonly columns: readonly string[] | undefined;
  /** Why the columns cannot be known. */
  readonly why?: string;
  /** When the use was last seen, or the document that shows it was written: ISO 8601 in UTC. */
  readonly seen?: string;
  /** The file, model, exposure or log that shows it, for people. */
  readonly where: string;
}

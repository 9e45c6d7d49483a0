/** Bounds of one document: far above what people write, low enough that hostile text ends within a second. */
export const documentLimits = {
  bytes: 5_000_000,
  /** Mappings and sequences within one another. */
  depth: 100,
  /** Characters of one key or value. */
  scalar: 1_000_000,
  /** Lexical parts (indentation, markers, values): what reading costs is proportional to these, not to bytes. */
  tokens: 150_000,
  /** Values that aliases may add to those written. */
  aliased: 10_000,
  /** Findings of one kind that are reported for one document. */
  findings: 50,
} as const;

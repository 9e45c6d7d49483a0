import type { DocumentKey, DocumentKind, Home, JsonObject } from '@hanse/core/document/document.ts';
import type { Finding } from '@hanse/core/finding/finding.ts';

/** One version of a document. `version` is the number of the log entry that wrote it. */
export interface StoredDocument extends DocumentKey {
  readonly version: number;
  readonly home: Home;
  readonly body: JsonObject;
}

export type Write = ({ readonly op: 'put'; readonly home: Home; readonly body: JsonObject } & DocumentKey) | ({ readonly op: 'remove' } & DocumentKey);

/** What must hold for a transaction to happen: the document is at this version, or absent. */
export interface Expectation extends DocumentKey {
  readonly version: number | 'absent';
}

export interface Transaction {
  readonly actor: string;
  /** The verb, as `publish` or `agreement.approve`. */
  readonly intent: string;
  readonly reason: string;
  readonly writes: readonly Write[];
  readonly expect?: readonly Expectation[];
  /** Refused as a conflict where a document of these kinds was written or removed after this log number. */
  readonly unchanged?: { readonly kinds: readonly DocumentKind[]; readonly since: number };
  /** Refused unless this lease is still held under this fencing number. */
  readonly fence?: { readonly lease: string; readonly number: number };
}

/** One link of the chain. Times are ISO 8601 in UTC, hashes are SHA-256 in hex. */
export interface LogEntry {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly intent: string;
  readonly reason: string;
  /** `digest` commits to the salted body, so that forgetting a body leaves the chain whole. */
  readonly writes: readonly (DocumentKey & { readonly op: 'put' | 'remove'; readonly digest?: string })[];
  /** The read log's newest record at that moment: anchors the read log's chain in this one. Absent before the first read. */
  readonly reads?: { readonly sequence: number; readonly hash: string };
  /** The newest read that this entry forgot: where the read log's chain begins from then on. */
  readonly forgotten?: { readonly sequence: number; readonly hash: string };
  readonly previous: string;
  readonly hash: string;
}

export type TransactResult =
  | { readonly kind: 'committed'; readonly entry: LogEntry }
  | { readonly kind: 'conflict'; readonly key: DocumentKey; readonly found: number | 'absent' }
  | { readonly kind: 'fenced'; readonly lease: string };

export interface Lease {
  readonly name: string;
  /** Grows by each grant of this name, so that a holder who slept is refused. */
  readonly number: number;
  readonly until: string;
}

/** One governed read, on record before its rows leave. Holds no literals. */
export interface ReadRecord {
  readonly at: string;
  readonly principal: string;
  readonly statement: string;
  readonly digest: string;
  readonly tables: readonly {
    readonly table: string;
    readonly snapshot: string;
    readonly agreement: string | null;
    readonly role: string;
    /** Property ids, which stay when a column is renamed. */
    readonly columns: readonly string[];
  }[];
}

/** A read as it lies in the log. */
export interface StoredRead extends ReadRecord {
  readonly sequence: number;
}

/** How one principal used one table since the mesh began, also by reads that are forgotten. Times are ISO 8601 in UTC. */
export interface ReadUse {
  readonly table: string;
  readonly principal: string;
  readonly reads: number;
  readonly last: string;
  readonly columns: readonly { readonly column: string; readonly reads: number; readonly last: string }[];
}

/**
 * What the mesh remembers: versioned documents and one hash-chained log.
 *
 * Guarantees: `transact` is atomic and durable when it returns; entries commit in the order of their sequence, without
 * gaps, so a watcher misses nothing; a read without `asOf` sees every transaction that returned before it began.
 * Does not guarantee: that a transaction whose connection broke did not happen; look its effect up.
 */
export interface Store {
  transact(transaction: Transaction): Promise<TransactResult>;
  read(key: DocumentKey, asOf?: number): Promise<StoredDocument | undefined>;
  /** Documents of a kind in the order of their ids. */
  list(kind: DocumentKind, asOf?: number): Promise<readonly StoredDocument[]>;
  /** The newest entry's sequence; 0 in an empty store. */
  head(): Promise<number>;
  /** The last sequence committed at or before a time; 0 where there is none. */
  sequenceAt(time: string): Promise<number>;
  log(range?: { readonly after?: number; readonly limit?: number }): Promise<readonly LogEntry[]>;
  /** Every entry after `after`, then each new one as it is committed, until the signal aborts. */
  watch(after: number, signal: AbortSignal): AsyncIterable<LogEntry>;
  /** Grants a free or expired lease; undefined while somebody else holds it. The same holder renews. */
  lease(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
  /** Appends to the read log, durable when it returns; batches what arrives together. */
  recordRead(record: ReadRecord): Promise<void>;
  /** The newest reads first, those before a number where one is given. */
  reads(range: { readonly before?: number; readonly limit: number }): Promise<readonly StoredRead[]>;
  /** Who used which columns of these tables, how often and when last; by principal and column. */
  readUses(tables: readonly string[]): Promise<readonly ReadUse[]>;
  /** Forgets the oldest reads up to the first at or after a time, on record in the log; what they add to `readUses` stays. Returns how many. */
  forgetReads(before: string, dryRun?: boolean): Promise<number>;
  /** Walks both chains and every body: empty where all hashes verify; a finding says where they do not. */
  verify(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

import type { DialectName } from '@hanse/core/use/dialects.ts';
import type { AskedTable } from '@hanse/core/use/query-source.ts';
import type { TableReading } from '@hanse/core/use/statement-use.ts';

export interface StatementQuestion {
  readonly dialect: DialectName;
  /** The tables whose use is asked for: pass those alone. */
  readonly tables: readonly AskedTable[];
}

/**
 * Reads SQL of other databases, without running it.
 *
 * Guarantees: a column that a statement uses is in the answer, or the answer has no columns and says why. A statement that is too
 * long, too deep, or takes too long gives such an answer and no error. Does not guarantee: that every column in the answer is used.
 */
export interface Dialects {
  /** What a statement uses of the tables asked for; those that it does not name are absent. */
  columnsRead(sql: string, question: StatementQuestion): Promise<readonly TableReading[]>;
  close(): Promise<void>;
}

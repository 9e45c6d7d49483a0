import type { StatementQuestion } from '../../dialect/dialect.ts';

export interface PolyglotRequest extends StatementQuestion {
  readonly sql: string;
}

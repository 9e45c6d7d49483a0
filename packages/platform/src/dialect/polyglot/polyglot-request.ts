import type { StatementQuestion } from '../dialect.ts';

export interface PolyglotRequest extends StatementQuestion {
  readonly sql: string;
}

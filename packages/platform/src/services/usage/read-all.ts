import type { OperationInput } from '@hanse/core/api/operations.ts';
import type { StatementReading } from '@hanse/core/use/fold-statements.ts';
import type { UsageApi } from './import-dbt.ts';

const MOST = 500;
const MOST_CHARACTERS = 4 * 2 ** 20;

/** What statements use, asked of the mesh some at a time. */
export async function readAll(
  api: Pick<UsageApi, 'readStatements'>,
  { dialect, statements, signal }: OperationInput<'readStatements'> & { readonly signal: AbortSignal },
): Promise<readonly (readonly StatementReading[])[]> {
  const answers: (readonly StatementReading[])[] = [];
  for (const some of batches(statements)) {
    signal.throwIfAborted();
    const { readings } = await api.readStatements({ dialect, statements: some }, { signal });
    answers.push(...readings.map((each) => each.map(({ table, columns, why }) => ({ table, columns, ...(why !== undefined && { why }) }))));
  }
  return answers;
}

function* batches(statements: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for (const statement of statements) {
    if (batch.length > 0 && (batch.length >= MOST || characters + statement.length > MOST_CHARACTERS)) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(statement);
    characters += statement.length;
  }
  if (batch.length > 0) yield batch;
}

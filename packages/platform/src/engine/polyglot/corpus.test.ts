import { afterAll, expect, test } from 'vitest';
import { corpus, type CorpusStatement, corpusTables } from './corpus.fixture.ts';
import { openPolyglot } from './open.ts';

const dialects = openPolyglot();
afterAll(() => dialects.close());

const tables = Object.entries(corpusTables).map(([id, columns]) => ({ id, names: [['wh', 'shop', id]], columns }));

interface Told {
  readonly table: string;
  readonly columns: readonly string[] | undefined;
}

/** `orders(id note) events(?)`; a question mark before it all allows that nothing is known. */
function toldIn({ uses }: CorpusStatement): readonly Told[] {
  return [...uses.matchAll(/(\w+)\(([^)]*)\)/g)].map(([, table = '', inner = '']) => {
    const all = Object.entries(corpusTables).find(([id]) => id === table)?.[1] ?? [];
    return { table, columns: inner === '?' ? undefined : inner === '*' ? all : inner.split(' ').filter((column) => column !== '') };
  });
}

type Outcome = 'exact' | 'more' | 'unknown' | 'rightly unknown' | 'missed';

function judge(truth: Told | undefined, answer: { readonly columns: readonly string[] | undefined } | undefined): Outcome {
  if (truth === undefined) return answer === undefined ? 'exact' : answer.columns === undefined ? 'unknown' : 'more';
  if (answer === undefined) return 'missed';
  if (truth.columns === undefined) return answer.columns === undefined ? 'rightly unknown' : 'missed';
  if (answer.columns === undefined) return 'unknown';
  const found = new Set(answer.columns);
  if (!truth.columns.every((column) => found.has(column))) return 'missed';
  return found.size === truth.columns.length ? 'exact' : 'more';
}

test('no column that a statement uses is missed, in any dialect', async () => {
  const counts = new Map<string, Map<Outcome, number>>();
  const said: string[] = [];
  for (const statement of corpus) {
    const answers = await dialects.columnsRead(statement.sql, { dialect: statement.dialect, tables });
    const told = toldIn(statement);
    const asked = new Set([...told, ...answers].map(({ table }) => table));
    const outcomes = [...asked].map((table) => {
      const answer = answers.find((one) => one.table === table);
      const outcome = judge(
        told.find((one) => one.table === table),
        answer,
      );
      if (outcome !== 'exact' && outcome !== 'rightly unknown')
        said.push(`${outcome}: ${statement.dialect}: ${statement.sql} -> ${table}(${answer?.columns?.join(' ') ?? answer?.why ?? ''}), not ${statement.uses}`);
      return outcome;
    });
    const count = counts.get(statement.dialect) ?? new Map<Outcome, number>();
    counts.set(statement.dialect, count);
    for (const outcome of outcomes) count.set(outcome, (count.get(outcome) ?? 0) + 1);
  }
  const sum = (outcome: Outcome) => [...counts.values()].reduce((total, count) => total + (count.get(outcome) ?? 0), 0);
  console.log([...counts].map(([dialect, count]) => `${dialect}: ${[...count].map(([outcome, times]) => `${times} ${outcome}`).join(', ')}`).join('\n'));
  console.log(
    `${corpus.length} statements: ${(['exact', 'more', 'unknown', 'rightly unknown', 'missed'] as const).map((one) => `${sum(one)} ${one}`).join(', ')}`,
  );
  if (process.env.HANSE_TEST_SAY !== undefined) console.log(said.join('\n'));
  expect(said.filter((line) => line.startsWith('missed'))).toEqual([]);
});

import type { Change, ChangeKind } from '../change/change.ts';
import type { Effect } from '../change/judge-change.ts';
import type { Mesh } from '../mesh/mesh.ts';
import { type ServedTable, statementNames } from '../mesh/served-table.ts';

/** Whether a SELECT gives what these ask is told when it is bound to its inputs. */
const BOUND: ReadonlySet<ChangeKind> = new Set(['column-added', 'column-renamed', 'object-renamed', 'object-added']);

/** What a change asks of those who write the table: its product's build, or whoever delivers it from outside. */
export function writerEffects({ builds }: Pick<Mesh, 'builds'>, table: ServedTable, changes: readonly Change[]): readonly Effect[] {
  const names = statementNames(table);
  const statement = builds.get(table.product.id)?.statements.find(({ object }) => names.includes(object));
  const consumer = `${table.domain}/${table.product.name}`;
  const asked = changes.filter(({ writers, kind }) => writers && (statement === undefined || !BOUND.has(kind)));
  return asked.map((change) => ({
    change,
    verdict: statement === undefined ? 'breaks' : 'unknown',
    usage: {
      consumer,
      columns: undefined,
      evidence: statement === undefined ? 'delivered from outside the mesh' : `${statement.path}, judged when it next runs`,
    },
  }));
}

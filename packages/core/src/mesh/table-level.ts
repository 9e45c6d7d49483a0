import type { Level } from '../product/build-file.ts';
import type { Mesh } from './mesh.ts';
import { type ServedTable, statementNames } from './served-table.ts';

/** What a broken promise about a table does: as its build says, else its domain. New tables block. */
export function tableLevel({ builds, domains }: Pick<Mesh, 'builds' | 'domains'>, table: ServedTable): Level {
  const file = builds.get(table.product.id)?.file;
  const stated = statementNames(table).flatMap((name) => file?.objects[name]?.level ?? []);
  return stated[0] ?? file?.level ?? domains.get(table.domain)?.level ?? 'block';
}

const ORDER = ['observe', 'warn', 'block'] as const satisfies readonly Level[];

export function stricter(one: Level, other: Level): Level {
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

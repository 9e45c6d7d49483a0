import type { CoverageAnswer } from '@hanse/core/api/shapes.ts';
import { coverageOf } from '@hanse/core/custody/coverage.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { tableLevel } from '@hanse/core/mesh/table-level.ts';
import { isGranted } from '../grant/place-access.ts';
import type { MeshNow, Platform } from '../platform.ts';
import { custodyOf } from './custody-of.ts';

/** Each clause of a table's contract with how far it is kept, and how many are kept so. */
export function describeCoverage(platform: Pick<Platform, 'places'>, now: MeshNow, table: ServedTable, published: boolean): CoverageAnswer {
  const build = now.mesh.builds.get(table.product.id);
  const { contract, object } = table;
  const granted = isGranted(platform, table);
  const clauses = coverageOf({ contract, object, custody: custodyOf(table, build, published), level: tableLevel(now.mesh, table), granted });
  const count = (coverage: string) => clauses.filter((clause) => clause.coverage === coverage).length;
  return {
    enforced: count('enforced'),
    observed: count('observed'),
    onlyWords: count('only words'),
    clauses: clauses.map(({ reference = null, ...clause }) => ({ ...clause, reference })),
  };
}

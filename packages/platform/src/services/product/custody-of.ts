import { type Custody, custodyInPlace } from '@hanse/core/custody/custody.ts';
import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { Build } from '@hanse/core/product/build.ts';
import { isInPlace, recipeOf } from './find-statement.ts';

/** Who keeps a table: what was published here is held. */
export function custodyOf(table: ServedTable, build: Build | undefined, published: boolean): Custody {
  return !published && isInPlace(table, recipeOf(table, build)) ? custodyInPlace(table.contract) : 'held';
}

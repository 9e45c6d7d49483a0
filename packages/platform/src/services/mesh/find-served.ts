import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { majorOf } from '@hanse/core/mesh/mesh.ts';
import { type ServedTable, tableRef } from '@hanse/core/mesh/served-table.ts';
import { parseRef } from '@hanse/core/ref/ref.ts';
import { UserError } from '../../error.ts';
import type { MeshNow } from '../platform.ts';

/** The one table that a ref names; a port of several tables is named by any of them. */
export function findServed(now: MeshNow, text: string): ServedTable {
  const found = selectServed(now, text);
  const [table] = found.toSorted((a, b) => Number(a.port.deprecated) - Number(b.port.deprecated) || b.major - a.major);
  if (table === undefined) throw missing(now, text);
  return table;
}

/** The tables that a ref selects: a domain's, a product's, a port's, or all without a ref. */
export function selectServed(now: MeshNow, text: string | undefined): readonly ServedTable[] {
  if (text === undefined) return now.tables;
  const ref = parseRef(text) ?? parseRef(text.replace('.', '/'));
  if (ref === undefined)
    throw new UserError(
      'usage',
      `${JSON.stringify(text.slice(0, 100))} is no ref`,
      'As in finance, finance/churn, finance/churn:metrics or finance/churn:metrics__v2. A file is tested by its contract: *.odcs.yaml.',
    );
  const found = now.tables.filter(
    (table) =>
      table.domain === ref.domain &&
      (ref.product === undefined || table.product.name === ref.product) &&
      (ref.port === undefined || table.port.name === ref.port || table.name === ref.port) &&
      (ref.major === undefined || majorOf(table.port.version) === ref.major),
  );
  if (found.length === 0) throw missing(now, text);
  return found;
}

function missing(now: MeshNow, text: string): UserError {
  const known = [...new Set(now.tables.map(tableRef))].toSorted();
  const list = known.length === 0 ? 'The mesh is empty: hanse apply.' : `The mesh has: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}.`;
  const names = known.flatMap((ref) => [ref, ref.split(':')[0] ?? ref]);
  return new UserError('missing', `${text}: there is no such product or port`, didYouMean(text, names, list));
}

import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import { contractColumns } from '@hanse/core/table/contract-columns.ts';
import { settleType } from '@hanse/core/table/settle-type.ts';
import type { DescribedColumn } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { PreviousVersion, SettledColumns } from './version.ts';

/**
 * The contract's columns as the build gives them: what it lacks is left out (its rule fails), what it has beyond is not
 * published. All are optional to Iceberg: that nulls are absent is the contract's rule, which a level may only observe.
 */
export function settleColumns(table: ServedTable, described: readonly DescribedColumn[], previous: PreviousVersion | undefined): SettledColumns {
  const { columns, findings } = contractColumns(table.object);
  const [unknown] = findings.filter(({ severity }) => severity === 'error');
  if (unknown !== undefined) throw new UserError('invalid', `${tableRef(table)}: ${unknown.message}`, unknown.hint);
  const given = new Map(described.map((column) => [column.name, column.type]));
  const wanted = columns.flatMap((field) => {
    const found = given.get(field.name);
    return found === undefined ? [] : [{ ...field, required: false, type: settleType(field.type, found) }];
  });
  if (wanted.length === 0)
    throw new UserError('invalid', `${tableRef(table)}: the build gives none of the contract's columns; it gives ${described.map(({ name }) => name).join(', ')}`, 'Name its columns as the contract does.');
  const known = previous === undefined ? noColumns : { columns: previous.table.columns, keys: previous.head.keys, lastColumnId: previous.table.metadata['last-column-id'] };
  const { columns: settled, keys } = assignFieldIds(known, wanted);
  return { columns: settled, keys };
}

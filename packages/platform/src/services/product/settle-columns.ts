import type { ServedTable } from '@hanse/core/mesh/served-table.ts';
import { tableRef } from '@hanse/core/mesh/served-table.ts';
import { acceptsType } from '@hanse/core/table/accepts-type.ts';
import { assignFieldIds, noColumns } from '@hanse/core/table/assign-field-ids.ts';
import type { Column } from '@hanse/core/table/column.ts';
import { contractColumns } from '@hanse/core/table/contract-columns.ts';
import { settleType } from '@hanse/core/table/settle-type.ts';
import { formatType, type WantedField } from '@hanse/core/table/wanted-type.ts';
import type { DescribedColumn } from '../../engine/engine.ts';
import { UserError } from '../../error.ts';
import type { PreviousVersion, SettledColumns } from './version.ts';

export interface SettleRequest {
  readonly table: ServedTable;
  /** What the build gives. */
  readonly described: readonly DescribedColumn[];
  readonly previous?: PreviousVersion;
  /** True where data files of the version before stay. */
  readonly keepsFiles: boolean;
  /** True where a broken promise keeps the version from consumers. */
  readonly blocks: boolean;
}

/**
 * The contract's columns as the build gives them: what it lacks is left out (its rule fails), what it has beyond is not
 * published. All are optional to Iceberg: that nulls are absent is the contract's rule, which a level may only observe.
 * `UserError` where older files stay and a column would lose what they hold, unless its rule keeps that from consumers.
 */
export function settleColumns({ table, described, previous, keepsFiles, blocks }: SettleRequest): SettledColumns {
  const { columns, findings } = contractColumns(table.object);
  const [unknown] = findings.filter(({ severity }) => severity === 'error');
  if (unknown !== undefined) throw new UserError('invalid', `${tableRef(table)}: ${unknown.message}`, unknown.hint);
  const given = new Map(described.map((column) => [column.name, column.type]));
  const older = keepsFiles ? previous : undefined;
  const wanted = columns.flatMap((field): readonly WantedField[] => {
    const [found, known] = [given.get(field.name), columnOf(older, field.key)];
    if (found === undefined && known !== undefined && !blocks) throw wouldLose(table, `the build gives no column ${field.name}`);
    return found === undefined ? [] : [{ ...field, required: false, type: settleType(field.type, found, known?.type) }];
  });
  if (wanted.length === 0)
    throw new UserError(
      'invalid',
      `${tableRef(table)}: the build gives none of the contract's columns; it gives ${described.map(({ name }) => name).join(', ')}`,
      'Name its columns as the contract does.',
    );
  const known =
    previous === undefined ? noColumns : { columns: previous.table.columns, keys: previous.head.keys, lastColumnId: previous.table.metadata['last-column-id'] };
  const settled = assignFieldIds(known, wanted);
  const keeps = ({ name, type }: WantedField) => described.some((column) => column.name === name && acceptsType(type, column.type));
  const broken = new Set(columns.filter((column) => !keeps(column)).map(({ name }) => name));
  const [retyped] = settled.changes.filter((change) => change.kind === 'retyped').filter(({ path }) => !(blocks && broken.has(path.split('.')[0] ?? '')));
  if (keepsFiles && retyped !== undefined)
    throw wouldLose(table, `column ${retyped.path} is now ${formatType(retyped.to)}, and was ${formatType(retyped.from)}`);
  return { columns: settled.columns, keys: settled.keys };
}

function columnOf(previous: PreviousVersion | undefined, key: string): Column | undefined {
  return previous?.table.columns.find(({ id }) => previous.head.keys[id] === key);
}

function wouldLose(table: ServedTable, what: string): UserError {
  return new UserError(
    'invalid',
    `${tableRef(table)}: ${what}: the rows of older files would lose it`,
    `Correct the build, or write the whole table again: hanse build ${tableRef(table)} --force.`,
  );
}

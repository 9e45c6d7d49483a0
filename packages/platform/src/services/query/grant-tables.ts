import { decide } from '@hanse/core/access/decide.ts';
import type { Principal } from '@hanse/core/access/principal.ts';
import type { Agreement } from '@hanse/core/agreement/agreement.ts';
import type { Role } from '@hanse/core/contract/contract.ts';
import { didYouMean } from '@hanse/core/document/did-you-mean.ts';
import { findTables, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { TableName } from '@hanse/core/sql/table-name.ts';
import { UserError } from '../../error.ts';
import type { MeshNow } from '../platform.ts';

export interface GrantedTable {
  /** As the statement names it. */
  readonly name: TableName;
  readonly table: ServedTable;
  readonly role: Role;
  readonly agreement?: Agreement;
}

export interface GrantQuestion {
  readonly principal: Principal;
  readonly tables: readonly TableName[];
  readonly purpose?: string;
  readonly now: string;
}

/** Decides each table that a statement names; the first refusal ends it. */
export function grantTables(mesh: MeshNow, question: GrantQuestion): readonly GrantedTable[] {
  return question.tables.map((name) => {
    const [first, ...others] = findTables(mesh.tables, name);
    if (first === undefined) throw unknownTable(mesh, name);
    const { principal, now, purpose } = question;
    const decision = decide(mesh.mesh, { principal, tables: [first, ...others], now, ...(purpose !== undefined && { purpose }) });
    if (decision.kind === 'allow')
      return { name, table: decision.table, role: decision.role, ...(decision.agreement !== undefined && { agreement: decision.agreement }) };
    throw new UserError('denied', decision.finding.message, decision.finding.hint);
  });
}

function unknownTable({ tables }: MeshNow, { schema, name }: TableName): UserError {
  const asked = schema === '' ? name : `${schema}.${name}`;
  const known = tables.map((table) => `${table.domain}.${table.name}`);
  return new UserError('missing', `there is no table ${asked}`, didYouMean(asked, known, 'A table is named domain.object; list them with: hanse products.'));
}

import type { ContractServer } from '@hanse/core/contract/contract.ts';
import { pinnedName, type ServedTable } from '@hanse/core/mesh/served-table.ts';
import type { AskedTable } from '@hanse/core/use/query-source.ts';
import { fold } from '@hanse/core/use/syntax.ts';

/** Served tables under the names that SQL elsewhere may have for them: the mesh's own, and those of the contract's servers. */
export function askedTables(tables: readonly ServedTable[]): readonly AskedTable[] {
  return tables.map((table) => ({
    id: table.id,
    names: [[table.domain, table.name], pinnedName(table).split('.'), ...(table.contract.servers ?? []).flatMap((server) => nameAt(server, table))],
    columns: [...new Set(table.object.properties.flatMap(({ name, physicalName }) => [name, physicalName ?? name]))],
  }));
}

/** The columns of a table that are called so where it lies; databases differ in how they fold names. */
export function columnsCalled({ object }: ServedTable, names: readonly string[]): readonly string[] {
  const called = new Set(names.map(fold));
  return object.properties
    .filter(({ name, physicalName }) => called.has(fold(name)) || (physicalName !== undefined && called.has(fold(physicalName))))
    .map(({ name }) => name);
}

/** Where a server names no schema, the bare name would be that of every such table. */
function nameAt({ database, schema }: ContractServer, { object }: ServedTable): readonly (readonly string[])[] {
  const name = (object.physicalName ?? object.name).split('.');
  const place = [database, schema].flatMap((part) => (part === undefined || part.includes('${') ? [] : [part]));
  const whole = name.length > 1 ? name : [...place, ...name];
  return whole.length > 1 ? [whole] : [];
}

import type { JsonObject } from '../../document/document.ts';
import { optional } from '../../document/json.ts';
import { addressName, sqlName } from '../adopted-name.ts';
import type { Draft, DraftColumn, Left } from '../draft.ts';

/** One table as a file describes or holds it. */
export interface FileTable {
  /** For the report: `the Avro schema orders.avsc`. */
  readonly origin: string;
  readonly name: string;
  readonly description?: string;
  readonly columns: readonly DraftColumn[];
  readonly left: readonly Left[];
  readonly notes?: readonly string[];
  readonly server?: JsonObject;
}

/** A draft of a product with one contract of one table. */
export function draftFile(table: FileTable, { domain }: { readonly domain?: string }): Draft {
  const name = sqlName(table.name);
  const one = {
    name,
    physicalType: table.server === undefined ? 'object' : 'file',
    ...optional('description', table.description),
    tags: [],
    columns: table.columns,
    quality: [],
    relationships: [],
  };
  return {
    origin: table.origin,
    domain: domain ?? addressName(table.name),
    products: [
      {
        name: addressName(table.name),
        ...optional('description', table.description),
        tags: [],
        contracts: [
          { name, version: '1.0.0', ...optional('description', table.description), servers: table.server === undefined ? [] : [table.server], tables: [one] },
        ],
      },
    ],
    left: table.left,
    notes: table.notes ?? [],
  };
}

import { orderColumns, type OrderColumn } from './orders.ts';

/** Where the orders lie, as ODCS writes a server. */
export type OrdersServer =
  | { readonly type: 'local'; readonly path: string; readonly format: 'parquet' }
  | { readonly type: 'postgres'; readonly host: string; readonly port: number; readonly database: string; readonly schema: string };

/** The contract, for Hanse and for datacontract-cli: ODCS 3.1 as JSON, which is YAML too. */
export function ordersContract(server: OrdersServer): string {
  const contract = {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: 'orders',
    version: '1.0.0',
    status: 'active',
    servers: [{ server: 'here', ...server }],
    schema: [
      {
        name: 'orders',
        physicalType: 'table',
        properties: orderColumns.map(property),
        quality: [{ type: 'library', metric: 'rowCount', mustBeGreaterThan: 0 }],
      },
    ],
  };
  return `${JSON.stringify(contract, undefined, 2)}\n`;
}

const logicalTypes: Readonly<Record<string, string>> = {
  BIGINT: 'integer',
  INTEGER: 'integer',
  SMALLINT: 'integer',
  DOUBLE: 'number',
  TIMESTAMP: 'timestamp',
  DATE: 'date',
  BOOLEAN: 'boolean',
  VARCHAR: 'string',
};

/** A column as a contract states it. */
export function property({ name, type, required, unique, pattern, allowed, minimum, maximum, minLength, maxLength }: OrderColumn) {
  const options = { ...(pattern && { pattern }), ...bounds({ minimum, maximum, minLength, maxLength }) };
  return {
    name,
    logicalType: logicalTypes[type] ?? 'number',
    physicalType: type,
    ...(required && { required }),
    ...(unique && { unique }),
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
    ...(allowed && { quality: [{ type: 'library', metric: 'invalidValues', arguments: { validValues: allowed }, mustBe: 0 }] }),
  };
}

function bounds(written: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(written).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

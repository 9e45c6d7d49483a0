import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * A mesh of one product whose every version can be told from every other: version `v` is made of a batch whose rows all
 * carry `v`, and whose count is a function of it.
 */
export const TABLES = ['whole', 'grown', 'merged'] as const;
export type TownTable = (typeof TABLES)[number];

/** What a reader sees of one table: rows and the sum of positions for each version that its rows carry. */
export type Content = readonly { readonly version: number; readonly rows: number; readonly sum: number }[];

/** `all`: a member's view; `even`: the role's, through slices. */
export type View = 'all' | 'even';

const rowsOf = (version: number) => 20 + ((version * 37) % 60);

/** What a table holds at a version: only the last batch, all batches, or the last row of each position. */
export function contentAt(table: TownTable, version: number, view: View): Content {
  const rows = new Map<string, { readonly version: number; readonly position: number }>();
  for (let each = table === 'whole' ? version : 1; each <= version; each += 1) {
    for (let position = 0; position < rowsOf(each); position += 1) rows.set(table === 'merged' ? `${position}` : `${each}/${position}`, { version: each, position });
  }
  const seen = [...rows.values()].filter(({ position }) => view === 'all' || position % 2 === 0);
  return [...Map.groupBy(seen, (row) => row.version)]
    .map(([each, own]) => ({ version: each, rows: own.length, sum: own.reduce((sum, { position }) => sum + position, 0) }))
    .toSorted((a, b) => a.version - b.version);
}

/** The statement that reads a content; `from` is a table, or files. */
export function contentSql(from: string): string {
  return `SELECT version, count(*) AS "rows", CAST(sum(position) AS BIGINT) AS "sum" FROM ${from} GROUP BY version ORDER BY version`;
}

/** Puts the batch of a version where a table's build finds it, whole or not at all. */
export async function writeBatch(folder: string, table: TownTable, version: number): Promise<void> {
  const lines = Array.from({ length: rowsOf(version) }, (_, position) => `${version},${position},${position % 2 === 0 ? 'even' : 'odd'},note ${position}`);
  const path = join(folder, `town/ledger/${table}.csv`);
  await writeFile(`${path}.new`, ['version,position,parity,note', ...lines, ''].join('\n'));
  await rename(`${path}.new`, path);
}

export async function writeTown(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(DOCUMENTS)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const object = (name: TownTable) => `  - id: ${name}
    name: ${name}
    logicalType: object
    physicalType: table
    properties:
      - {id: version, name: version, logicalType: integer, physicalType: BIGINT, required: true}
      - {id: position, name: position, logicalType: integer, physicalType: BIGINT, required: true${name === 'merged' ? ', primaryKey: true, primaryKeyPosition: 1' : ''}}
      - {id: parity, name: parity, logicalType: string, physicalType: VARCHAR, required: true, enum: [{value: even}, {value: odd}]}
      - {id: note, name: note, logicalType: string, physicalType: VARCHAR}
`;
const source = (table: TownTable) => `  ${table}:
    file: ${table}.csv
    columns: {version: BIGINT, position: BIGINT, parity: VARCHAR, note: VARCHAR}
`;
/** `whole` and `grown` are built of equal rows, so that they share data files. */
const select = (table: TownTable) => `SELECT version, position, parity, ${table === 'merged' ? "'merged ' || note AS note" : 'note'} FROM source.${table}\n`;

const DOCUMENTS = {
  'hanse.yaml': 'mesh: town\nrepository: town\n',
  'town/domain.yaml': 'name: town\nowner: tia\nmembers:\n  - {username: tia, role: owner}\n',
  'guild/domain.yaml': 'name: guild\nowner: rex\nmembers:\n  - {username: rex, role: owner}\n',
  'town/ledger/ledger.odps.yaml': `apiVersion: v1.1.0
kind: DataProduct
id: town-ledger
name: ledger
domain: town
version: 1.0.0
status: active
description: {purpose: Versions that can be told apart.}
outputPorts:
  - {name: ledger, version: 1.0.0, contractId: town-ledger-contract}
`,
  'town/ledger/ledger.odcs.yaml': `apiVersion: v3.2.0
kind: DataContract
id: town-ledger-contract
name: ledger
version: 1.0.0
status: active
domain: town
schema:
${TABLES.map(object).join('')}roles:
  - role: even
    access: read
    firstLevelApprovers: tia
    customProperties:
      - property: restriction
        value: {rows: "parity = 'even'", columns: {note: drop}}
`,
  'town/ledger/build.yaml': `sources:
${TABLES.map(source).join('')}objects:
  grown: {mode: append, cursor: version}
  merged: {mode: merge}
`,
  ...Object.fromEntries(TABLES.map((table) => [`town/ledger/${table}.sql`, select(table)])),
  'agreements/rex-reads-ledger.oaas.yaml': `apiVersion: v0.9.0
kind: AccessAgreement
id: rex-reads-ledger
status: approved
startTimestamp: "2026-01-01T00:00:00Z"
endTimestamp: "2099-12-31T23:59:59Z"
description: {purpose: See that no version is ever mixed with another.}
provider: {teamId: town, dataProductId: town-ledger, outputPortId: ledger, dataContractId: town-ledger-contract, dataContractVersion: 1.0.0}
consumer: {teamId: guild, userId: rex}
roles: [{role: even}]
customProperties:
  - {property: onward, value: "no"}
  - {property: noticePeriod, value: P90D}
  - {property: requestedBy, value: rex}
  - {property: answeredBy, value: tia}
`,
};

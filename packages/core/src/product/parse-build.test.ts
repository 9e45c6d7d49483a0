import { expect, test } from 'vitest';
import { lines, readDocument } from '../../../../test/fixtures/read-document.ts';
import { parseMesh } from '../document/parse-mesh.ts';
import { parseBuild } from './parse-build.ts';
import { parseDomain } from './parse-domain.ts';

test('a build file', () => {
  const { build, findings } = parseBuild(
    readDocument(`sources:
  flights: {file: "\${DATA}/flights-*.parquet"}
  airports: {file: airports.csv, format: csv, columns: {iata: VARCHAR}, csv: {delimiter: ";", header: true, nullText: NA}}
  orders: {postgres: "\${DB}", table: public.orders, cursor: id}
  totals: {postgres: "\${DB}", query: select 1}
objects:
  flights: {mode: append, cursor: departed_at, retries: 2, level: observe}
  flights__v1: {external: true}
schedule: after inputs
level: block
`),
  );
  expect(lines(findings)).toEqual([]);
  expect(build).toMatchInlineSnapshot(`
    {
      "level": "block",
      "objects": {
        "flights": {
          "cursor": "departed_at",
          "external": false,
          "level": "observe",
          "mode": "append",
          "retries": 2,
        },
        "flights__v1": {
          "external": true,
          "mode": "full",
        },
      },
      "schedule": {
        "kind": "after-inputs",
      },
      "sources": {
        "airports": {
          "columns": [
            {
              "name": "iata",
              "type": "VARCHAR",
            },
          ],
          "csv": {
            "delimiter": ";",
            "header": true,
            "nullText": "NA",
          },
          "file": "airports.csv",
          "format": "csv",
          "kind": "file",
        },
        "flights": {
          "file": "\${DATA}/flights-*.parquet",
          "kind": "file",
        },
        "orders": {
          "cursor": "id",
          "kind": "postgres",
          "postgres": "\${DB}",
          "read": {
            "kind": "table",
            "table": "public.orders",
          },
        },
        "totals": {
          "kind": "postgres",
          "postgres": "\${DB}",
          "read": {
            "kind": "query",
            "query": "select 1",
          },
        },
      },
    }
  `);
});

test('a cron expression is a schedule', () => {
  expect(parseBuild(readDocument('schedule: "*/5 8-18 * * MON-FRI"')).build?.schedule).toEqual({ kind: 'cron', cron: '*/5 8-18 * * MON-FRI' });
});

test('mistakes in a build file', () => {
  const cases = [
    'soruces: {}',
    'sources: {a b: {file: x}}',
    'sources: {a: {file: x, format: xml}}',
    'sources: {a: {postgres: x}}',
    'sources: {a: {postgres: x, table: t, query: q}}',
    'sources: {a: {postgres: x, tabel: t}}',
    'sources: {a: {}}',
    'objects: {a: {mode: replace}}',
    'objects: {a: {mode: append}}',
    'objects: {a: {retries: -1}}',
    'schedule: daily at five',
    'level: strict',
    'level:',
    '[]',
  ];
  expect(cases.map((text) => lines(parseBuild(readDocument(text)).findings).join('\n'))).toMatchInlineSnapshot(`
    [
      "a.yaml:1:1 error document.shape: \`soruces\` is not known here. Did you mean \`sources\`?",
      "a.yaml:1:11 error document.shape: sources: \`a b\` must be a name that SQL can use: letters, digits and \`_\`. Rename it.",
      "a.yaml:1:32 error document.shape: sources.a.format must be \`csv\`, \`json\` or \`parquet\`, not \`xml\`. Write one of them.",
      "a.yaml:1:14 error document.shape: the source \`a\` needs either \`table\` or \`query\`. Name a table of that database, or write one query.",
      "a.yaml:1:14 error document.shape: the source \`a\` needs either \`table\` or \`query\`. Name a table of that database, or write one query.",
      "a.yaml:1:28 error document.shape: sources.a: \`tabel\` is not known here. Did you mean \`table\`?",
      "a.yaml:1:14 error document.shape: sources.a: \`file\` is missing. Add it: a text.",
      "a.yaml:1:21 error document.shape: objects.a.mode must be \`full\`, \`append\` or \`merge\`, not \`replace\`. Write one of them.",
      "a.yaml:1:14 error document.shape: the object \`a\` is appended to and has no \`cursor\`. Name the column that only grows, so that a build knows which rows are new.",
      "a.yaml:1:24 error document.shape: objects.a.retries must be at least 0, not the number -1. Write at least 0.",
      "a.yaml:1:11 error build.schedule: the schedule \`daily at five\` is neither a cron expression nor \`after inputs\`. Write minute, hour, day, month and weekday, as "0 5 * * *" for every day at five.",
      "a.yaml:1:8 error document.shape: level must be \`observe\`, \`warn\` or \`block\`, not \`strict\`. Write one of them.",
      "a.yaml:1:1 error document.shape: level must be \`observe\`, \`warn\` or \`block\`, not empty. Write one of them.",
      "a.yaml:1:1 error document.shape: the document must be a mapping, not a list. Write \`key: value\` lines below it.",
    ]
  `);
});

test('a domain', () => {
  const { domain, findings } = parseDomain(
    readDocument('name: finance\nowner: ann\nmembers:\n  - {username: ann, role: owner, name: Ann}\n  - {username: bob, role: analyst}\n'),
  );
  expect(findings).toEqual([]);
  expect(domain).toEqual({
    name: 'finance',
    owner: 'ann',
    members: [
      { username: 'ann', role: 'owner', name: 'Ann' },
      { username: 'bob', role: 'analyst' },
    ],
  });
});

test('mistakes in a domain', () => {
  const cases = [
    'name: Finance\nowner: ann\n',
    'name: a__b\nowner: ann\n',
    'name: a\n',
    'name: a\nowner: ann\nmembers: [{username: ann, role: boss}]\n',
    'name: a\nowner: ann\nmember: []\n',
    'name: a\nowner: 7\n',
  ];
  expect(cases.map((text) => lines(parseDomain(readDocument(text)).findings).join('\n'))).toMatchInlineSnapshot(`
    [
      "a.yaml:1:7 error document.shape: name must be lower case letters, digits, \`_\` and \`-\`, beginning with a letter, not \`Finance\`. Write it so.",
      "a.yaml:1:7 error document.shape: name must not contain \`__\`. Use one \`_\`: two begin a major version in SQL.",
      "a.yaml:1:1 error document.shape: \`owner\` is missing. Add it: a text.",
      "a.yaml:3:33 error document.shape: members.ann.role must be \`owner\`, \`steward\`, \`developer\` or \`analyst\`, not \`boss\`. Write one of them.",
      "a.yaml:3:1 error document.shape: \`member\` is not known here. Did you mean \`members\`?",
      "a.yaml:2:8 error document.shape: owner must be a text, not the number 7. Put it in quotes, on one line with its key.",
    ]
  `);
});

test('hanse.yaml, all of it optional', () => {
  const full = `mesh: airline
repository: airline
environments: {dev: {storage: {folder: /tmp/dev}, variables: {DATA: small}}, prod: {listen: {http: "0.0.0.0:443"}}}
storage: {folder: .hanse}
listen: {http: "127.0.0.1:4433"}
sources: {finance: {folders: ["\${DATA}"]}}
limits: {memory: 1 GB, rows: 1000}
`;
  expect(parseMesh(readDocument(full)).mesh).toMatchInlineSnapshot(`
    {
      "environments": {
        "dev": {
          "storage": {
            "folder": "/tmp/dev",
          },
          "variables": {
            "DATA": "small",
          },
        },
        "prod": {
          "listen": {
            "http": "0.0.0.0:443",
          },
          "variables": {},
        },
      },
      "limits": {
        "memory": "1 GB",
        "rows": 1000,
      },
      "listen": {
        "http": "127.0.0.1:4433",
      },
      "mesh": "airline",
      "places": {},
      "repository": "airline",
      "sources": {
        "finance": {
          "databases": [],
          "folders": [
            "\${DATA}",
          ],
          "variables": [],
        },
      },
      "storage": {
        "folder": ".hanse",
      },
    }
  `);
  expect(parseMesh(readDocument('{}')).mesh).toEqual({ environments: {}, places: {}, sources: {}, limits: {} });
  expect(lines(parseMesh(readDocument('mehs: a\nlisten: {http: everywhere}\nsources: {finance: {folders: here, dirs: []}}\n')).findings))
    .toMatchInlineSnapshot(`
    [
      "a.yaml:2:16 error document.shape: listen.http must be an address as 127.0.0.1:4433, not \`everywhere\`. Write it so.",
      "a.yaml:3:30 error document.shape: sources.finance.folders must be a list, not \`here\`. Begin each entry with \`- \`, or write [a, b].",
      "a.yaml:3:36 error document.shape: sources.finance: \`dirs\` is not known here. Known are \`folders\`, \`databases\` and \`variables\`.",
      "a.yaml:1:1 error document.shape: \`mehs\` is not known here. Did you mean \`mesh\`?",
    ]
  `);
});

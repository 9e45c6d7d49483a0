import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operations } from '@hanse/core/api/operations.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { masked, type MeshFolder, openAirline } from './mesh-folder.ts';

const answerShape = z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.record(z.string(), z.unknown())) });
const FLIGHTS = 'operations/flights/flights.odcs.yaml';

let mesh: MeshFolder;
let kept = '';

beforeAll(async () => {
  mesh = await openAirline();
  kept = `${mesh.inputs}-kept`;
  await cp(join(mesh.folder, 'operations'), kept, { recursive: true });
  await mesh.serve();
  await mesh.done('apply');
  await mesh.done('build', 'operations/flights');
}, 120_000);

afterEach(async () => {
  await rm(join(mesh.folder, 'operations'), { recursive: true });
  await cp(kept, join(mesh.folder, 'operations'), { recursive: true });
});

afterAll(async () => {
  await rm(kept, { recursive: true, force: true });
  await mesh[Symbol.asyncDispose]();
});

test('a used column that goes is a break, told with consumers and evidence; nothing is applied', async () => {
  await mesh.edit(FLIGHTS, /^ {6}- id: delay_minutes\n(?: {8}.*\n)+/m, '');
  await mesh.edit('operations/flights/flights.sql', /.*delay_minutes.*\n/, '');
  const planned = await mesh.hanse('plan');
  expect(planned.code).toBe(1);
  expect(
    masked(mesh, planned.stdout)
      .split('\n')
      .filter((line) => /^(?:~ contract| +(?:breaks|safe) )/.test(line))
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "~ contract operations/flights 1.0.0: column delay_minutes is removed
        breaks finance/bookings: column delay_minutes is removed (finance/bookings/bookings.sql). Its agreement bookings-read-flights gives 90 days' notice: not before <day>. Stop reading delay_minutes.
        breaks finance/delay-cost: column delay_minutes is removed (finance/delay-cost/delay_cost.sql). Its agreement delay-cost-reads-flights gives 90 days' notice: not before <day>. Stop reading delay_minutes.
        safe network/routes: column delay_minutes is removed (network/routes/routes.sql).
        breaks operations/punctuality: column delay_minutes is removed (operations/punctuality/punctuality.sql). Stop reading delay_minutes.
        breaks operations/punctuality: column delay_minutes is removed (operations/punctuality/punctuality__v1.sql). Stop reading delay_minutes.
        safe mia: column delay_minutes is removed (no read on record)."
  `);
  const logged = (await mesh.json(operations.log.output, 'log')).entries;
  const applied = await mesh.hanse('apply');
  expect([applied.code, masked(mesh, applied.stderr)]).toMatchInlineSnapshot(`
    [
      1,
      "error: nothing was applied: the plan breaks consumers, or cannot know
      Publish a new major version, wait for the notice, let the consumers accept it, or say --break --reason <why>.",
    ]
  `);
  expect(await mesh.json(operations.log.output, 'log')).toMatchObject({ entries: logged });
});

test('what a person has read is used, by the read log', async () => {
  await mesh.done('query', 'select max(delay_minutes) from operations.flights', '--as', 'mia');
  await mesh.edit(FLIGHTS, /^ {6}- id: delay_minutes\n(?: {8}.*\n)+/m, '');
  const { steps } = await mesh.json(operations.plan.output, 'plan');
  const effect = steps.flatMap(({ effects }) => effects).find(({ consumer }) => consumer === 'mia');
  expect(JSON.parse(JSON.stringify(effect).replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, 'DATE'))).toMatchInlineSnapshot(`
    {
      "accepted": null,
      "agreement": "mia-reads-flights",
      "change": "column delay_minutes is removed",
      "column": "delay_minutes",
      "consumer": "mia",
      "evidence": "1 read on record, the last on DATE, of delay_minutes",
      "key": "column-removed:flights:delay_minutes",
      "kind": "column-removed",
      "level": "block",
      "noticeDays": 90,
      "noticeEnds": "DATE",
      "seenAt": "DATE",
      "side": "reader",
      "table": "operations/flights:flights",
      "toDo": "Stop reading delay_minutes.",
      "verdict": "breaks",
    }
  `);
});

test('an unused column that goes is free', async () => {
  await mesh.edit('operations/punctuality/punctuality.odcs.yaml', /^ {6}- id: p90_delay_minutes\n(?: {8}.*\n)+/m, '');
  const { code, stdout } = await mesh.hanse('plan');
  expect([code, masked(mesh, stdout)]).toMatchInlineSnapshot(`
    [
      0,
      "warning operations/punctuality/punctuality.odcs.yaml:5:10: version 2.0.0 says too little: column p90_delay_minutes is removed [change.version]
      Write \`version: 3.0.0\`, and serve the former major beside it until the notice of its agreements has run.
    ~ contract operations/punctuality 2.0.0: column p90_delay_minutes is removed
        safe finance: column p90_delay_minutes is removed (no read on record).
        safe marketing: column p90_delay_minutes is removed (no read on record).
    0 to create, 1 to change, 0 to remove; nobody breaks.",
    ]
  `);
});

test('a column that a role needs cannot go, and the role is named', async () => {
  await mesh.edit(FLIGHTS, /^ {6}- id: origin\n(?: {8}.*\n)+/m, '');
  const { code, stdout } = await mesh.hanse('plan');
  expect([code, masked(mesh, stdout)]).toMatchInlineSnapshot(`
    [
      1,
      "error operations/flights/flights.odcs.yaml:113:11: role west-coast: the contract has no column \`origin\` [contract.role-column]
      Name a property of one of its objects.
    The documents have errors: nothing can be applied.",
    ]
  `);
});

test('a saved plan is applied as it was shown, and refused once the mesh has moved on', async () => {
  const saved = join(mesh.inputs, 'plan.json');
  await mesh.edit('operations/domain.yaml', 'name: Otto Lindqvist', 'name: Otto Lind');
  await mesh.done('plan', '--out', saved);
  await mesh.edit('operations/domain.yaml', 'name: Otto Lind', 'name: Somebody else');
  await mesh.done('apply', '--plan', saved);
  expect((await mesh.json(operations.plan.output, 'plan')).steps).toMatchObject([{ op: 'change', ref: 'operations' }]);
  const again = await mesh.hanse('apply', '--plan', saved);
  expect([again.code, masked(mesh, again.stderr)]).toMatchInlineSnapshot(`
    [
      1,
      "error: the plan is stale: domain operations changed after log number 3
      Plan again, look, then apply.",
    ]
  `);
  const forged = await readFile(saved, 'utf8');
  await writeFile(saved, forged.replaceAll('Otto Lind', 'Eve'));
  const refused = await mesh.hanse('apply', '--plan', saved);
  expect([refused.code, masked(mesh, refused.stderr)]).toMatchInlineSnapshot(`
    [
      1,
      "error: the plan was not made by this mesh, or was edited since
      Plan again: hanse plan --out plan.json.",
    ]
  `);
});

test('a folder with one domain proposes no removal of the others', async () => {
  const part = join(mesh.folder, '..', 'part');
  await cp(join(mesh.folder, 'finance'), join(part, 'finance'), { recursive: true });
  const alone = await mesh.hanse('plan', '--folder', part, '--storage', mesh.storage);
  expect([alone.code, masked(mesh, alone.stdout).replaceAll(part, '<part>')]).toMatchInlineSnapshot(`
    [
      0,
      "No changes: the mesh is as the documents say.",
    ]
  `);
  await cp(join(mesh.folder, 'hanse.yaml'), join(part, 'hanse.yaml'));
  const { code, stdout } = await mesh.hanse('plan', '--folder', part, '--storage', mesh.storage);
  expect([code, masked(mesh, stdout)]).toMatchInlineSnapshot(`
    [
      0,
      "info loyalty: domain loyalty of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire loyalty.
    info marketing: domain marketing of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire marketing.
    info network: domain network of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire network.
    info operations: domain operations of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire operations.
    info people: domain people of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire people.
    info safety: domain safety of this repository is not in this folder; nothing of it is removed [plan.domain-absent]
      To end it: hanse apply --retire safety.
    No changes: the mesh is as the documents say.",
    ]
  `);
  await rm(join(part, 'finance/revenue'), { recursive: true });
  const { steps } = await mesh.json(operations.plan.output, 'plan', '--folder', part, '--storage', mesh.storage);
  expect(steps.map(({ op, kind, ref }) => `${op} ${kind} ${ref}`)).toMatchInlineSnapshot(`
    [
      "remove product finance/revenue",
      "remove contract finance/revenue 1.0.0",
      "remove build finance-revenue",
    ]
  `);
  const ended = await mesh.json(operations.plan.output, 'plan', '--folder', part, '--storage', mesh.storage, '--retire', 'people,safety');
  expect(ended.steps.flatMap(({ op, kind, ref }) => (kind === 'domain' ? [`${op} ${kind} ${ref}`] : []))).toEqual([
    'remove domain people',
    'remove domain safety',
  ]);
});

test('a rename with the same id keeps roles, on what is published and on what is built next', async () => {
  const before = await rowsFor('select count(*) as flights from operations.flights');
  await mesh.edit(FLIGHTS, 'name: distance_miles', 'name: miles');
  await mesh.edit(FLIGHTS, 'name: origin', 'name: departs_from');
  expect(await mesh.hanse('plan')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('breaks finance/bookings: column origin is renamed to departs_from'),
  });
  await mesh.done('apply', '--break', '--reason', 'names agreed with the council');
  await expectRoleHolds(before);
  await mesh.edit('operations/flights/flights.sql', 'AS distance_miles', 'AS miles');
  await mesh.edit('operations/flights/flights.sql', '  origin,', '  origin AS departs_from,');
  await mesh.done('apply');
  await mesh.done('build', 'operations/flights', '--force');
  await expectRoleHolds(before);
});

async function expectRoleHolds(count: unknown): Promise<void> {
  const { columns, rows } = await mesh.json(answerShape, 'query', 'select * from operations.flights', '--as', 'mia');
  expect(columns.map(({ name }) => name)).toEqual(['departed_at', 'delay_minutes', 'departs_from', 'destination']);
  expect([{ flights: rows.length }]).toEqual(count);
  expect(new Set(rows.map((row) => row.departs_from))).toEqual(new Set(['BUR', 'LAX', 'OAK', 'ONT', 'PDX', 'SAN', 'SEA', 'SFO', 'SJC', 'SMF', 'SNA']));
}

async function rowsFor(sql: string): Promise<unknown> {
  return (await mesh.json(answerShape, 'query', sql, '--as', 'mia')).rows;
}

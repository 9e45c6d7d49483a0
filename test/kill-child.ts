import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openPlatform } from '../packages/platform/src/open-platform.ts';
import { serveMesh } from '../packages/platform/src/serve.ts';
import { createApi } from '../packages/platform/src/services/mesh-api.ts';
import type { PublishStep } from '../packages/platform/src/services/platform.ts';
import { TOWN_FILE, townSettings } from './fixtures/open-town.ts';
import type { Orders, Said } from './kill/orders.ts';

/** Reads its orders from standard input once it is wanted; opens the mesh, serves it, collects garbage, builds, and dies on the way. */
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const orders: Orders = JSON.parse((await lines.next()).value ?? '');

function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

function onStep(step: PublishStep): void {
  if (step !== orders.at?.step) return;
  if (!orders.at.tell) process.kill(process.pid, 'SIGKILL');
  say({ kind: 'step' });
}

const open = await openPlatform({ settings: townSettings(orders.folder), meshFile: TOWN_FILE, environment: {}, onStep });
const server = await serveMesh(open, { host: '127.0.0.1', port: 0, version: '0', operator: 'town' });
say({ kind: 'open', url: server.url });
const api = createApi(open.platform, { kind: 'operator', username: 'town' });
say({ kind: 'collecting' });
const collection = await api.collect({ graceHours: 0 });
const { findings } = await (orders.at === undefined ? api.doctor({ deep: true }) : api.verifyLog({}));
say({ kind: 'collected', collection, findings: findings.filter(({ code }) => !code.startsWith('machine.')).map(({ message }) => message) });
await lines.next();
const { runs } = await api.build({ ref: `town/ledger:${orders.table}` });
for (const { outcome, message } of runs) say({ kind: 'built', outcome, message });
await lines.next();
await server.close();
await open[Symbol.asyncDispose]();
process.exit(0);

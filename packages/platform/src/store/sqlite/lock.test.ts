import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldClock } from '../conformance.fixture.ts';
import { lockFolder, readLock } from './lock.ts';

const clock = heldClock();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hanse-lock-'));
});
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that holds the folder until it is killed. */
async function otherHolder() {
  const program = `
    const { lockFolder } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    function hold() {
      const lock = lockFolder(${JSON.stringify(folder)}, { now: () => '2026-02-02T00:00:00.000Z' });
      lock.announce('http://127.0.0.1:7000');
    }
    hold();
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    await new Promise((resolve) => setImmediate(resolve));
    gc();
    console.log('held');
    setInterval(() => {}, 1 << 30);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

test('the holder is known while it holds, with its url once announced', () => {
  expect(readLock(folder)).toBeUndefined();
  const lock = lockFolder(folder, clock);
  expect(readLock(folder)).toEqual({ pid: process.pid, startedAt: '2026-01-01T00:00:00.000Z' });
  lock.announce('http://127.0.0.1:7000');
  expect(readLock(folder)).toEqual({ pid: process.pid, startedAt: '2026-01-01T00:00:00.000Z', url: 'http://127.0.0.1:7000' });
  lock.release();
  expect(readLock(folder)).toBeUndefined();
  lockFolder(folder, clock).release();
});

test('a second holder is refused, by name and with what to do, also in the same process', () => {
  const lock = lockFolder(folder, clock);
  const refused = expect.objectContaining({
    code: 'busy',
    message: `${folder} is in use by process ${process.pid}, which started at 2026-01-01T00:00:00.000Z.`,
    hint: `Use that process, or end it (kill ${process.pid}) and try again.`,
  });
  expect(() => lockFolder(folder, clock)).toThrow(refused);
  // Looking, or failing to lock, must not have let the lock go.
  readLock(folder);
  expect(() => lockFolder(folder, clock)).toThrow(refused);
  lock.release();
});

test('a folder whose holder was killed is free, whatever note it left', async () => {
  const holder = await otherHolder();
  expect(readLock(folder)).toEqual({ pid: holder.pid, startedAt: '2026-02-02T00:00:00.000Z', url: 'http://127.0.0.1:7000' });
  expect(() => lockFolder(folder, clock)).toThrow(`process ${holder.pid}, which started at 2026-02-02T00:00:00.000Z and serves http://127.0.0.1:7000`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(readFileSync(join(folder, 'lock.json'), 'utf8')).toContain(String(holder.pid));
  expect(readLock(folder)).toBeUndefined();
  const lock = lockFolder(folder, clock);
  expect(readLock(folder)?.pid).toBe(process.pid);
  lock.release();
});

test('an unreadable note does not hide the lock', () => {
  const lock = lockFolder(folder, clock);
  writeFileSync(join(folder, 'lock.json'), '{"pid":');
  expect(() => lockFolder(folder, clock)).toThrow('in use by another Hanse process');
  lock.release();
});

// Starts `npm start` as a stranger would, asks it for its products and a governed count, and ends it; then once more, warm.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE_MS = 180_000;
const storage = mkdtempSync(join(tmpdir(), 'hanse-smoke-'));
try {
  await visit('a fresh start');
  await visit('a warm start');
  console.log('2 passed, 0 failed');
} finally {
  rmSync(storage, { recursive: true, force: true });
}

async function visit(name: string): Promise<void> {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HANSE_STORAGE: storage, HANSE_LISTEN: '127.0.0.1:0' },
    detached: true,
  });
  try {
    const { url, token } = await greeting(child);
    console.log(`${name}: greeted after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const { products } = (await (await fetch(`${url}/api/products`)).json()) as { products: { tables: { snapshot: string | null }[] }[] };
    const published = products.flatMap(({ tables }) => tables).filter(({ snapshot }) => snapshot !== null).length;
    expect(published, 17, 'published tables');
    const answer = await fetch(`${url}/api/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'select count(*) as n from operations.flights' }),
    });
    expect((await answer.text()).trim(), '[{"n":3000000}]', "ann's count");
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await once(child, 'exit');
  }
}

/** Reads the output until the URL and Ann's token have been printed, and goes on reading: who closes it ends the server. */
function greeting(child: ChildProcess): Promise<{ readonly url: string; readonly token: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly url: string; readonly token: string }>();
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += String(chunk);
    const url = /is up at (http:\S+)/.exec(text)?.[1];
    const token = /--token (\S+)/.exec(text)?.[1];
    if (url === undefined || token === undefined) return;
    clearTimeout(timer);
    resolve({ url, token });
  });
  child.once('exit', () => reject(new Error(`npm start ended without a greeting:\n${text}`)));
  return promise;
}

function expect(found: unknown, wanted: unknown, what: string): void {
  if (found !== wanted) throw new Error(`${what}: found ${String(found)}, expected ${String(wanted)}`);
}

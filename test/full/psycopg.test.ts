import { join } from 'node:path';
import { expect, test } from 'vitest';
import { servePostgres } from '../../packages/platform/src/pgwire/serve-postgres.ts';
import { openMesh } from '../fixtures/open-mesh.ts';
import { smallTexts } from '../fixtures/small-mesh.ts';
import { pythonWith, runPython } from '../python.ts';

const python = process.env.HANSE_FULL === '1' ? await pythonWith(['psycopg[binary]==3.3.9']) : undefined;

test.runIf(python !== undefined)('psycopg reads, prepares, streams and is told what is not served', async () => {
  await using mesh = await openMesh({ texts: smallTexts });
  await mesh.write({ 'finance/churn/rows.csv': 'customer,amount\nann,1.5\n,2\n' });
  await mesh.apply();
  await mesh.build('finance/churn');
  const server = await servePostgres(mesh.platform, { host: '127.0.0.1', port: 0 });
  await using _ending = { [Symbol.asyncDispose]: server.close };
  const { token } = await mesh.api().createToken({ username: 'mia' });
  expect(await runPython(python ?? '', join(import.meta.dirname, 'read-psycopg.py'), server.url, token)).toEqual({
    rows: [
      ['ann', 1.5],
      [null, 2],
    ],
    types: ['1.50', '[1, None]', '2024-01-01 08:00:00+00:00'],
    streamed: 5000,
    parameter: '0A000',
    client: ["it's"],
  });
});

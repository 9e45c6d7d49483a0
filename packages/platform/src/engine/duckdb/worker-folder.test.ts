import { mkdir, readdir, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from './sessions.fixture.ts';
import { makeWorkerFolder, sweepWorkerFolders } from './worker-folder.ts';

/** Beyond what any system gives out. */
const nobody = 2 ** 30;

test('only folders of processes that are gone are swept', async () => {
  const parent = await testFolder();
  await sweepWorkerFolders(join(parent, 'absent'));
  const ours = await makeWorkerFolder(parent);
  await mkdir(join(parent, `worker-${nobody}-a`, 'spill'), { recursive: true });
  await mkdir(join(parent, 'something else'));
  const earlier = await makeWorkerFolder(parent);
  await utimes(earlier, 0, (performance.timeOrigin - 1) / 1000);
  await sweepWorkerFolders(parent);
  expect((await readdir(parent)).toSorted()).toEqual(['something else', basename(ours)].toSorted());
});

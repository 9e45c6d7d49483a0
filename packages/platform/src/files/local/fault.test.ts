import { createHash } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExternalError } from '../../error.ts';
import type { Files } from '../files.ts';
import { faultyDisk } from './faulty-disk.fixture.ts';
import { openLocalFiles } from './open.ts';

async function sealOne(files: Files, text: string) {
  const staged = await files.stage('data', 'txt');
  await writeFile(staged.path, text);
  const sealed = await files.seal(staged);
  const names: string[] = [];
  for await (const { name } of files.list('data')) names.push(name);
  return { sealed, names, opened: await files.open(sealed.name) };
}

async function expectWholeFilesOnly(files: Files) {
  for await (const { name } of files.list('data')) {
    const bytes = await readFile((await files.open(name)) ?? '');
    expect(name).toContain(createHash('sha256').update(bytes).digest('hex'));
  }
}

const emptyFolder = () => mkdtemp(join(tmpdir(), 'hanse-fault-'));

test('a fault at any call of the disk says what, where and what to do, and shows nobody half a file', async () => {
  const healthy = faultyDisk(-1, 'none');
  await sealOne(await openLocalFiles({ folder: await emptyFolder(), fileSystem: healthy }), 'bytes');
  expect(new Set(healthy.calls())).toEqual(new Set(['makeFolder', 'realPath', 'stat', 'sync', 'read', 'protect', 'link', 'unlink', 'entries']));
  for (const code of ['ENOSPC', 'EIO', 'EACCES', 'EROFS']) {
    for (const [number, call] of healthy.calls().entries()) {
      const folder = await emptyFolder();
      const act = openLocalFiles({ folder, fileSystem: faultyDisk(number, code) }).then((files) => sealOne(files, 'bytes'));
      const error = await act.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, `${code} at call ${number}, ${call}`).toBeInstanceOf(ExternalError);
      expect(String(error)).toContain(folder);
      expect(String(error)).toContain(code);
      expect(error).toHaveProperty('hint', expect.stringMatching(/[a-z]{4}/));
      const files = await openLocalFiles({ folder });
      await expectWholeFilesOnly(files);
      await files.sweep(-1000);
      expect((await sealOne(files, 'bytes')).names).toHaveLength(1);
    }
  }
});

test('the message of a full disk', async () => {
  const healthy = faultyDisk(-1, 'none');
  await sealOne(await openLocalFiles({ folder: await emptyFolder(), fileSystem: healthy }), 'bytes');
  const disk = faultyDisk(healthy.calls().indexOf('link'), 'ENOSPC');
  const folder = await emptyFolder();
  const error = await sealOne(await openLocalFiles({ folder, fileSystem: disk, newId: () => '1' }), 'bytes').catch((thrown: unknown) => thrown);
  expect(String(error).replace(folder, 'FOLDER')).toMatchInlineSnapshot(`"ExternalError: Sealing a file failed at FOLDER/staged/data-1.txt: ENOSPC."`);
  expect(error).toHaveProperty('hint', 'The disk is full: free some space, then run the command again.');
});

test('a file whose sync failed cannot be sealed by trying again', async () => {
  const healthy = faultyDisk(-1, 'none');
  await sealOne(await openLocalFiles({ folder: await emptyFolder(), fileSystem: healthy }), 'bytes');
  const syncOfFile = healthy.calls().indexOf('protect') + 1;
  expect(healthy.calls()[syncOfFile]).toBe('sync');
  const files = await openLocalFiles({ folder: await emptyFolder(), fileSystem: faultyDisk(syncOfFile, 'EIO') });
  const staged = await files.stage('data', 'txt');
  await writeFile(staged.path, 'bytes');
  await expect(files.seal(staged)).rejects.toThrow('EIO');
  await expect(files.seal(staged)).rejects.toThrow('ENOENT');
});

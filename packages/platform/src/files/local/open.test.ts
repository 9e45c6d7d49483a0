import { mkdir, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { openLocalFiles } from './open.ts';

const emptyFolder = () => mkdtemp(join(tmpdir(), 'hanse-files-'));

async function names(listed: AsyncIterable<{ readonly name: string }>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of listed) found.push(name);
  return found.toSorted();
}

async function stageText(files: Awaited<ReturnType<typeof openLocalFiles>>, text: string) {
  const staged = await files.stage('data', 'txt');
  await writeFile(staged.path, text);
  return staged;
}

test('a sealed file has its hash for a name, cannot be written, and is listed; before, nobody sees it', async () => {
  const files = await openLocalFiles({ folder: await emptyFolder() });
  const staged = await stageText(files, 'abc');
  expect(await names(files.list('data'))).toEqual([]);
  const sealed = await files.seal(staged);
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sealed).toEqual({ name: `data/ba/${sha256}.txt`, bytes: 3 });
  const path = await files.open(sealed.name);
  expect(await readFile(path ?? '', 'utf8')).toBe('abc');
  expect((await stat(path ?? '')).mode & 0o777).toBe(0o444);
  expect(await names(files.list('data'))).toEqual([sealed.name]);
  expect(await files.sweep(0)).toBe(0);
});

test('sealing equal bytes again is no change; other bytes under a taken name are refused and the first stay', async () => {
  const files = await openLocalFiles({ folder: await emptyFolder() });
  const first = await files.seal(await stageText(files, 'one'), 'table/v1');
  expect(first.name).toBe('data/table/v1.txt');
  expect(await files.seal(await stageText(files, 'one'), 'table/v1')).toEqual(first);
  await expect(files.seal(await stageText(files, 'two'), 'table/v1')).rejects.toThrow(/other bytes are there already/);
  expect(await readFile((await files.open(first.name)) ?? '', 'utf8')).toBe('one');
});

test('names and places outside the folder are never opened, sealed or removed', async () => {
  const folder = await emptyFolder();
  const files = await openLocalFiles({ folder });
  const { name } = await files.seal(await stageText(files, 'x'));
  for (const bad of ['../x', 'data/../../x', 'data//x', '/etc/passwd', 'staged/x', 'data', 'data/.', 'data/a\0b', 'data/a\\b']) {
    expect(await files.open(bad), bad).toBeUndefined();
    await expect(files.remove(bad), bad).rejects.toThrow('not a file name');
  }
  await expect(files.seal(await stageText(files, 'x'), '../../x')).rejects.toThrow('not a file name');
  await expect(files.seal({ path: '/etc/hostname', kind: 'data', extension: 'txt' })).rejects.toThrow('not staged here');
  await symlink('/etc', join(folder, 'slice'));
  expect(await files.open('slice/hostname')).toBeUndefined();
  await symlink('/etc/hostname', join(folder, 'data', 'link.txt'));
  expect(await files.open('data/link.txt')).toBeUndefined();
  expect(await names(files.list('data'))).toEqual([name]);
  const intoLink = await files.stage('slice', 'txt');
  await writeFile(intoLink.path, 'x');
  await expect(files.seal(intoLink, 'hanse-never')).rejects.toThrow(/did not put there/);
  const linked = await files.stage('data', 'txt');
  await symlink('/etc/hostname', linked.path);
  await expect(files.seal(linked)).rejects.toThrow(/did not put there/);
});

test('an address is the inverse of a name, and foreign addresses have none', async () => {
  const folder = join(await emptyFolder(), 'a b ü');
  await mkdir(folder);
  const files = await openLocalFiles({ folder });
  const uri = files.uri('metadata/t/1.avro');
  expect(uri.endsWith('/a b ü/metadata/t/1.avro')).toBe(true);
  expect(files.nameOf(uri)).toBe('metadata/t/1.avro');
  expect(files.nameOf(uri.slice('file://'.length))).toBe('metadata/t/1.avro');
  for (const foreign of ['s3://bucket/x', 'file:///elsewhere/metadata/x', `${uri}/../../../../x`, `file://${folder}x/data/y`]) {
    expect(files.nameOf(foreign), foreign).toBeUndefined();
  }
});

test('sweep takes what is older than the age and leaves what is being written', async () => {
  const folder = await emptyFolder();
  const ahead = (ms: number) => ({ now: () => new Date(Date.parse(systemClock.now()) + ms).toISOString() });
  const files = await openLocalFiles({ folder, clock: ahead(60_000) });
  await stageText(files, 'left behind');
  expect(await files.sweep(120_000)).toBe(0);
  expect(await files.sweep(30_000)).toBe(1);
  expect(await files.sweep(30_000)).toBe(0);
});

test('discard and remove take a file away, and once is enough', async () => {
  const files = await openLocalFiles({ folder: await emptyFolder() });
  const staged = await stageText(files, 'x');
  await files.discard(staged);
  await files.discard(staged);
  await expect(files.seal(staged)).rejects.toThrow(/Sealing a file failed at .*ENOENT/);
  const { name } = await files.seal(await stageText(files, 'y'));
  await files.remove(name);
  await files.remove(name);
  expect(await files.open(name)).toBeUndefined();
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExternalError } from '../error.ts';
import { writeWhole } from './write-whole.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanse-write-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('the file holds everything, and nothing lies beside it', async () => {
  await writeFile(join(folder, 'answer'), 'an older and longer answer');
  await writeWhole(join(folder, 'answer'), chunks('one', 'two'));
  expect([await readdir(folder), await readFile(join(folder, 'answer'), 'utf8')]).toEqual([['answer'], 'onetwo']);
});

test('an answer that breaks off leaves the file as it was', async () => {
  await writeFile(join(folder, 'answer'), 'older');
  const broken = writeWhole(join(folder, 'answer'), chunks('one', new ExternalError('the worker ended')));
  await expect(broken).rejects.toThrow('the worker ended');
  expect([await readdir(folder), await readFile(join(folder, 'answer'), 'utf8')]).toEqual([['answer'], 'older']);
});

test('a place that is not there is named', async () => {
  await expect(writeWhole(join(folder, 'no', 'answer'), chunks('one'))).rejects.toThrow(`${join(folder, 'no', 'answer')}: cannot be written (ENOENT`);
});

async function* chunks(...parts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

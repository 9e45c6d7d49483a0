import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const bench = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));

test.runIf(process.env.HANSE_FULL === '1')('every benchmark still runs, and all contenders answer alike', { timeout: 1_200_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', bench, '--quick'], { maxBuffer: 2 ** 24 });
  expect(stdout.match(/^## .*/gm)).toEqual([
    '## From the command line to the end of a command',
    '## From process start to an answer',
    '## Atomic publish of a small version',
    '## Governed query',
    '## Building the slice of one data file',
    '## Append of one percent with ten roles in force',
    '## The check of an append of one percent',
    '## A contract of 57 rules, from process start to verdict',
    '## A mesh of many models, compiled and compared',
  ]);
});

import { expect, test } from 'vitest';
import { checkFile, limits } from './rules.ts';

function messages(path: string, text: string): readonly string[] {
  return checkFile({ path, text }).map((violation) => `${violation.line}: ${violation.message}`);
}

test('a good file passes', () => {
  expect(
    messages('packages/core/src/ref/ref.ts', "import { a } from '../a/a.ts';\nexport function parse(text: string): string {\n  return a(text);\n}\n"),
  ).toEqual([]);
});

test('core imports neither Node nor the platform', () => {
  expect(messages('packages/core/src/ref/ref.ts', "import { readFile } from 'node:fs';\n")).toEqual([
    '1: core imports node:fs: core has no I/O and knows no platform',
  ]);
  expect(messages('packages/core/src/ref/ref.ts', "import { a } from 'hanse/main.ts';\n")).toHaveLength(1);
});

test('only the assembly imports implementations and deliveries', () => {
  const sqlite = "import { open } from '../store/sqlite/open.ts';\n";
  expect(messages('packages/platform/src/services/build.ts', sqlite)).toEqual([
    '1: imports the implementation store/sqlite: only open-platform.ts chooses one',
  ]);
  expect(messages('packages/platform/src/open-platform.ts', "import { open } from './store/sqlite/open.ts';\n")).toEqual([]);
  expect(messages('packages/platform/src/services/build.ts', "import { x } from '../cli/run.ts';\n")).toEqual(['1: imports the delivery cli']);
  expect(messages('packages/platform/src/store/sqlite/open.ts', "import { x } from '../../services/build.ts';\n")).toEqual([
    '1: an implementation imports a service',
  ]);
  expect(messages('packages/platform/src/store/postgres/open.ts', "import { x } from '../sql/log.ts';\n")).toEqual([]);
});

test('banned names, folders and file names', () => {
  expect(messages('packages/core/src/utils/StoreManager.ts', 'export class StoreManager {}\nexport interface IStore {}\n')).toEqual([
    '1: folder utils: name it after its subject',
    '1: file names are kebab-case',
    '1: StoreManager: a banned name; say what it is',
    '2: IStore: a banned name; say what it is',
  ]);
});

test('barrels, skipped tests, mocks and silenced types', () => {
  expect(messages('packages/core/src/a/a.ts', "export * from './b.ts';\n")).toHaveLength(1);
  expect(messages('packages/core/src/a/a.test.ts', "test.skip('x', () => {});\nvi.mock('x');\n// @ts-ignore\n")).toHaveLength(3);
});

test('sizes', () => {
  expect(messages('packages/core/src/a/a.ts', 'x;\n'.repeat(limits.fileLines + 1))).toHaveLength(1);
  const long = `function f() {\n${'  x;\n'.repeat(limits.functionLines)}}\n`;
  expect(messages('packages/core/src/a/a.ts', long)).toEqual([`1: f has ${limits.functionLines + 2} lines (at most ${limits.functionLines})`]);
  const deep = `${'  '.repeat(6)}if (x) y();\n`;
  expect(messages('packages/core/src/a/a.ts', deep)).toHaveLength(1);
});

test('no registry host in any file', () => {
  const host = ['registry', 'npmjs', 'org'].join('.');
  expect(messages('package-lock.json', `"resolved": "https://${host}/x"\n`)).toEqual(['1: names a registry host: lockfiles and scripts carry none']);
});

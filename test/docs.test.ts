import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseMesh } from '@hanse/core/document/parse-mesh.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { parseConsumersLock } from '@hanse/core/lock/parse-consumers-lock.ts';
import { parseBuild } from '@hanse/core/product/parse-build.ts';
import { expect, test } from 'vitest';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...globSync('docs/**/*.md'), 'examples/airline/README.md'].toSorted();

function blocks(page: string, language: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) =>
    name === language && text !== undefined ? [text] : [],
  );
}

for (const page of PAGES.filter((name) => blocks(name, 'sh').length > 0)) {
  test(`the commands of ${page} run`, () => {
    const storage = mkdtempSync(join(tmpdir(), 'hanse-docs-'));
    try {
      const script = ['set -e', ...blocks(page, 'sh')].join('\n');
      const run = spawnSync('bash', ['-c', script], { encoding: 'utf8', env: { ...process.env, HANSE_STORAGE: storage, npm_config_update_notifier: 'false' } });
      expect({ status: run.status, stderr: run.status === 0 ? '' : run.stderr, stdout: run.status === 0 ? '' : run.stdout }).toEqual({
        status: 0,
        stderr: '',
        stdout: '',
      });
    } finally {
      rmSync(storage, { recursive: true, force: true });
    }
  }, 180_000);
}

for (const page of PAGES.filter((name) => blocks(name, 'yaml').length > 0)) {
  test(`the YAML of ${page} is well formed`, () => {
    for (const text of blocks(page, 'yaml')) expect(readYaml(page, text).findings).toEqual([]);
  });
}

test('the example of build.yaml is one', () => {
  const [text = ''] = blocks('docs/reference/build.md', 'yaml');
  const { document } = readYaml('build.yaml', text);
  expect(document && parseBuild(document).findings).toEqual([]);
});

test('the example of consumers.lock.yaml is one', () => {
  const [text = ''] = blocks('docs/reference/consumers-lock.md', 'yaml');
  const { lock, findings } = parseConsumersLock('consumers.lock.yaml', text);
  expect([findings, lock?.asOf]).toEqual([[], 42]);
});

test('the examples of hanse.yaml are ones', () => {
  const texts = ['docs/guides/environments.md', 'docs/guides/pull-requests.md'].flatMap((page) => blocks(page, 'yaml'));
  const findings = texts.flatMap((text) => {
    const { document } = readYaml('hanse.yaml', text);
    return document === undefined ? [`unread: ${text}`] : parseMesh(document).findings.map(({ message }) => message);
  });
  expect([texts.length, findings]).toEqual([2, []]);
});

test('links between pages lead somewhere', () => {
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#]+)/g)].flatMap(([, target = '']) => {
      const found = globSync(resolve(page, '..', target));
      return found.length === 0 ? [`${page}: ${target}`] : [];
    }),
  );
  expect(broken).toEqual([]);
});

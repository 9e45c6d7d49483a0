import { join } from 'node:path';
import { formatDraft } from '@hanse/core/adopt/format-draft.ts';
import { checksOf } from '@hanse/core/report/contract-report.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { testFromDbt } from '../contract/test-from-dbt.ts';
import { readArtifacts } from '../dbt/read-artifacts.ts';
import { readDbt } from './read-dbt.ts';

const SHOP = join(import.meta.dirname, '../../../../../test/fixtures/dbt-shop');

async function drafted(artifacts: string): Promise<Readonly<Record<string, string>>> {
  const draft = await readDbt({ place: join(SHOP, artifacts), folderOf: () => SHOP });
  const files = formatDraft(draft, { domain: 'shop', folder: '' });
  // The hash in a test's id is of its arguments as they are written.
  return Object.fromEntries(files.map(({ path, text }) => [path, text.replaceAll(/uniqueId: .*/g, '').replaceAll(/value: "?2027-01-01.*/g, '')]));
}

test.each([
  ['dbt 1.6, manifest v10', 'artifacts-v10'],
  ['dbt 1.7, manifest v11', 'artifacts-v11'],
])('what %s wrote of a project is drafted and judged as what 1.11 wrote', async (_, artifacts) => {
  expect(await drafted(artifacts)).toEqual(await drafted('artifacts'));
  const folder = await mkdtemp(join(tmpdir(), 'hanse-dbt-'));
  try {
    const said = async (place: string) => {
      const { target, ...read } = await readArtifacts(join(SHOP, place));
      const draft = await readDbt({ place: join(SHOP, place), folderOf: () => SHOP });
      const told: string[] = [];
      for (const { path, text } of formatDraft(draft, { domain: 'shop', folder: place }).filter(({ key }) => key.kind === 'contract')) {
        const file = join(folder, path);
        await mkdir(join(file, '..'), { recursive: true });
        await writeFile(file, text);
        const report = await testFromDbt({ file, target, artifacts: read, id: 'r', now: '2026-11-24T00:00:00Z' });
        told.push(
          ...(report === undefined ? [`${path}: no model`] : checksOf(report).map(({ rule, status, found }) => `${rule.object} ${rule.id} ${status} ${found}`)),
        );
      }
      return told;
    };
    const told = await said(artifacts);
    expect(told).toEqual(await said('artifacts'));
    expect(told.filter((line) => / fail | warn /.test(line))).toHaveLength(4);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

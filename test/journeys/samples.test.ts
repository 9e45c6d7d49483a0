import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeshFolder, masked, openAirline } from './mesh-folder.ts';

let mesh: MeshFolder;

beforeAll(async () => {
  mesh = await openAirline();
  await writeFile(join(mesh.folder, 'hanse.yaml'), 'mesh: airline\nenvironments:\n  dev: {samples: true}\n');
  // In so small a copy of the programme as a developer needs, also no member has to be there.
  await mesh.edit('loyalty/flyers/flyers.odcs.yaml', 'mustBeBetween: [40000, 80000]', 'mustBeLessThan: 80000');
}, 60_000);

afterAll(() => mesh[Symbol.asyncDispose]());

test('in dev marketing builds before it may see a member', async () => {
  await mesh.done('apply', '--env', 'dev', '--reason', 'first');
  const built = await mesh.hanse('build', 'marketing/audiences', '--env', 'dev');
  expect(masked(mesh, built.stdout)).toMatchInlineSnapshot(
    `"published marketing/audiences:audiences in <n> s: 99,432 rows, 10 rules hold, 1 skipped; it stands on samples, not on data, of loyalty/flyers:flyers, marketing/campaigns:campaigns"`,
  );
  const asked = await mesh.hanse('query', 'select count(*) > 0 as some from marketing.audiences', '--as', 'mia', '--env', 'dev', '--format', 'table');
  expect(masked(mesh, asked.stdout)).toMatchInlineSnapshot(`
    "some
    ----
    true
    marketing.audiences__v1: marketing/audiences 1.0.0, snapshot <snapshot>, role owner, contract holds, on samples"
  `);
  const status = await mesh.hanse('status', '--env', 'dev');
  expect(status.stdout).toMatch(/^marketing\/audiences:audiences +holds, on samples /m);
}, 60_000);

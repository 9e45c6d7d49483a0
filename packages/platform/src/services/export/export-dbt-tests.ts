import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DbtExport, exportTests } from '@hanse/core/dbt/export-tests.ts';
import { MARK } from '@hanse/core/dbt/test-text.ts';
import { listOf, objectOf, textOf } from '@hanse/core/document/json.ts';
import { readYaml } from '@hanse/core/document/read-yaml.ts';
import { UserError } from '../../error.ts';
import { readArtifacts } from '../dbt/read-artifacts.ts';
import { readContract } from '../contract/read-contract.ts';

export interface DbtTestsExported extends Pick<DbtExport, 'asked' | 'left'> {
  /** Below the project. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
}

/** Writes contracts' rules as tests into a dbt project: marked files, written again each time; nobody else's file is touched. */
export async function exportDbtTests(files: readonly string[], project: string): Promise<DbtTestsExported> {
  const paths = await projectPaths(project);
  const { manifest } = await readArtifacts(project);
  const exports = await Promise.all(
    files.map(async (file) => {
      const { contract, document } = await readContract(file);
      return exportTests(contract, objectOf(document.value), { manifest, ...paths });
    }),
  );
  const wanted = exports.flatMap((one) => one.files);
  const present = await Promise.all(wanted.map(async ({ path }) => readIfThere(join(project, path))));
  const others = wanted.find((_, index) => present[index] !== undefined && !present[index].includes(MARK));
  if (others !== undefined)
    throw new UserError('conflict', `${join(project, others.path)} is there, and Hanse did not write it`, 'Move it away: nothing was written.');
  const changed = wanted.filter(({ text }, index) => present[index] !== text);
  for (const { path, text } of changed) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
  const removed = await removeOld(
    project,
    exports.flatMap(({ folders }) => folders),
    new Set(wanted.map(({ path }) => path)),
  );
  return {
    written: changed.map(({ path }) => path),
    removed,
    unchanged: wanted.length - changed.length,
    asked: exports.flatMap(({ asked }) => asked),
    left: exports.flatMap(({ left }) => left),
  };
}

async function projectPaths(project: string): Promise<{ readonly testPath: string; readonly modelPath: string }> {
  const path = join(project, 'dbt_project.yml');
  const text = await readIfThere(path);
  if (text === undefined) throw new UserError('missing', `${project}: no dbt_project.yml is there`, 'Name the folder of a dbt project: --into <project>.');
  const written = objectOf(readYaml(path, text).document?.value);
  const first = (key: string, otherwise: string) => textOf(listOf(written[key])[0]) ?? otherwise;
  return { testPath: first('test-paths', 'tests'), modelPath: first('model-paths', 'models') };
}

/** Removes marked files of rules that are gone. */
async function removeOld(project: string, folders: readonly string[], wanted: ReadonlySet<string>): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const folder of folders.filter((one) => existsSync(join(project, one)))) {
    for (const name of await readdir(join(project, folder))) {
      const path = `${folder}/${name}`;
      if (wanted.has(path) || !name.endsWith('.sql') || (await readIfThere(join(project, path)))?.includes(MARK) !== true) continue;
      await rm(join(project, path));
      removed.push(path);
    }
  }
  return removed;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return existsSync(path) ? readFile(path, 'utf8') : undefined;
}

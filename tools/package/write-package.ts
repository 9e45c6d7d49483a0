import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, installed } from './bundle.ts';
import { thirdPartyText } from './third-party.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const platform = join(root, 'packages/platform');

/** Writes the package `hanse` into a folder, as it is published. Returns its version. */
export async function writePackage(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [modules, manifest] = await Promise.all([bundle(folder), makeManifest()]);
  await Promise.all([
    writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`),
    writeFile(join(folder, 'THIRD-PARTY.md'), thirdPartyText(modules)),
    cp(join(platform, 'README.md'), join(folder, 'README.md')),
    cp(join(root, 'LICENSE'), join(folder, 'LICENSE')),
    cp(join(platform, 'template'), join(folder, 'template'), { recursive: true }),
  ]);
  return manifest.version;
}

interface Manifest {
  readonly version: string;
  readonly [key: string]: unknown;
}

/** The platform's, but for what is inside now. Node 24 for machines that have an older one is the workspace's. */
async function makeManifest(): Promise<Manifest> {
  const { name, version, license, type, bin, dependencies } = JSON.parse(await readFile(join(platform, 'package.json'), 'utf8'));
  const { description, engines, optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return {
    name,
    version,
    description,
    keywords: ['data mesh', 'data contract', 'data product', 'odcs', 'data quality', 'governance', 'dbt', 'duckdb', 'iceberg'],
    license,
    type,
    bin,
    engines,
    dependencies: Object.fromEntries(installed.map((one) => [one, dependencies[one]])),
    optionalDependencies,
  };
}

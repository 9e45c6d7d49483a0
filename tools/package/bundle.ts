import { copyFile, glob } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';

const platform = fileURLToPath(new URL('../../packages/platform/', import.meta.url));

/** What is a binary for one kind of machine is installed by npm. */
export const installed = ['@duckdb/node-bindings'] as const;

/** `pg` asks for them and does without. */
const absent = ['pg-native', 'pg-cloudflare'];

/** Modules of ours do nothing when they are imported; a worker begins to serve. */
const pure = /[/\\]packages[/\\](?:core|platform)[/\\]src[/\\](?!.*-worker\.ts$)/;

/**
 * Bundles into a folder: `bin/hanse.mjs`, the launcher; `lib/main-*.js`, what every command needs; beside it what commands load when
 * they run; and one file for each kind of worker. Returns the paths of all modules in it.
 */
export async function bundle(folder: string): Promise<ReadonlySet<string>> {
  const workers = await Array.fromAsync(glob('src/**/*-worker.ts', { cwd: platform }));
  const builds = [
    write(folder, { 'bin/hanse': join(platform, 'bin/hanse.mjs') }),
    ...workers.map((worker) => write(folder, { [`lib/${basename(worker, '.ts')}`]: join(platform, worker) })),
  ];
  const modules = new Set((await Promise.all(builds)).flat().flatMap(({ moduleIds }) => moduleIds));
  await Promise.all([...modules].map((path) => copyWasm(path, join(folder, 'lib'))));
  return modules;
}

async function write(folder: string, input: Readonly<Record<string, string>>): Promise<readonly OutputChunk[]> {
  await using build = await rolldown({
    input,
    cwd: platform,
    platform: 'node',
    external: [...installed, ...absent],
    treeshake: { moduleSideEffects: [{ test: pure, sideEffects: false }] },
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  const { output } = await build.write({
    dir: resolve(folder),
    format: 'esm',
    entryFileNames: ({ name }) => (name.startsWith('bin/') ? '[name].mjs' : '[name].js'),
    chunkFileNames: 'lib/[name]-[hash].js',
    // In one file, not in a dozen that others share: each costs half a millisecond.
    codeSplitting: { groups: [{ name: 'main', test: /[/\\]src[/\\]main\.ts$/ }] },
  });
  return output.filter((part) => part.type === 'chunk');
}

/** A module that reads WebAssembly from beside itself finds it beside the bundle. */
async function copyWasm(module: string, folder: string): Promise<void> {
  if (!module.includes('polyglot-sql')) return;
  for await (const file of glob('*.wasm', { cwd: dirname(module) })) await copyFile(join(dirname(module), file), join(folder, file));
}

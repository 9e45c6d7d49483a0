import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';

const platform = fileURLToPath(new URL('../../packages/platform/', import.meta.url));

/** What comes with a binary, or with WebAssembly, is installed by npm. */
export const installed = ['@duckdb/node-bindings', '@polyglot-sql/sdk'] as const;

/** A process of its own each, in one file each: it starts with one read. */
const workers = ['session-worker', 'parser-worker'] as const;

/**
 * Bundles the launcher, the command line and the workers into a folder: `bin/hanse.mjs`, and `lib` with a part for what each command
 * loads when it runs. Returns the absolute paths of all modules that are in it.
 */
export async function bundle(folder: string): Promise<ReadonlySet<string>> {
  const builds = [
    write(folder, { 'bin/hanse': `${platform}bin/hanse.mjs` }),
    ...workers.map((worker) => write(folder, { [`lib/${worker}`]: `${platform}src/engine/duckdb/${worker}.ts` })),
  ];
  const chunks = (await Promise.all(builds)).flat();
  return new Set(chunks.flatMap(({ moduleIds }) => moduleIds));
}

async function write(folder: string, input: Readonly<Record<string, string>>): Promise<readonly OutputChunk[]> {
  await using build = await rolldown({
    input,
    cwd: platform,
    platform: 'node',
    external: [...installed, 'pg-native', 'pg-cloudflare'],
    treeshake: { moduleSideEffects: [{ test: /[/\\]packages[/\\](core|platform)[/\\]src[/\\](?!.*-worker\.ts$)/, sideEffects: false }] },
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  const { output } = await build.write({
    dir: resolve(folder),
    format: 'esm',
    entryFileNames: ({ name }) => (name.startsWith('bin/') ? '[name].mjs' : '[name].js'),
    chunkFileNames: 'lib/[name]-[hash].js',
  });
  return output.filter((part) => part.type === 'chunk');
}

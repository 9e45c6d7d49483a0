// Runs a TypeScript file under Node 24: `node tools/node24.mjs FILE [ARGUMENT ...]`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNode24 } from '../packages/platform/bin/find-node24.mjs';

const node = findNode24();
if (node === undefined) {
  console.error(`Hanse needs Node 24 or newer; this is ${process.versions.node}, and npm brings none for ${process.platform}-${process.arch}.`);
  console.error('Install Node 24, then run the command again.');
  process.exit(1);
}
// Compiled code is kept: a second start does not compile it again, and neither do workers.
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('../.cache/compiled/', import.meta.url)), ...process.env };
const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128 + 1)));

// Runs a TypeScript file under Node 24: `node tools/node24.mjs FILE [ARGUMENT ...]`.
import { spawn } from 'node:child_process';
import { findNode24 } from '../packages/platform/bin/find-node24.mjs';

const node = findNode24();
if (node === undefined) {
  console.error(`Hanse needs Node 24 or newer; this is ${process.versions.node}, and npm brings none for ${process.platform}-${process.arch}.`);
  console.error('Install Node 24, then run the command again.');
  process.exit(1);
}
const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128 + 1)));

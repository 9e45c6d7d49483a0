#!/usr/bin/env node
// Runs on Node 20 or newer, and hands over to Node 24: the system's, or the one that npm brought.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNode24 } from './find-node24.mjs';

const node = findNode24();
if (node === undefined) {
  console.error(`error: Hanse needs Node 24 or newer; this is ${process.versions.node}, and npm brings none for ${process.platform}-${process.arch}.`);
  console.error('  Install Node 24, then run the command again.');
  process.exit(1);
}
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 129)));

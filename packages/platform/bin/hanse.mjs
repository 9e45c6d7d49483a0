#!/usr/bin/env node
// Runs on Node 20 or newer, and hands over to Node 24: the system's, or the one that npm brought.
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { findNode24 } from './find-node24.mjs';

const node = findNode24();
if (node === undefined) {
  console.error(`error: Hanse needs Node 24 or newer; this is ${process.versions.node}, and npm brings none for ${process.platform}-${process.arch}.`);
  console.error('  Install Node 24, then run the command again.');
  process.exitCode = 1;
} else if (node === process.execPath) {
  await runHere();
} else {
  await handOver(node);
}

async function runHere() {
  // Loading and compiling is half of a command's time. What Node makes of our files is kept beside them; its workers keep theirs there too.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../.cache/compiled/', import.meta.url));
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  process.removeAllListeners('warning');
  process.on('warning', (warning) => warning.name === 'ExperimentalWarning' || console.error(warning.stack));
  const { main } = await import('../src/main.ts');
  process.exitCode = await main(process.argv.slice(2), process.env);
}

async function handOver(node) {
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 129)));
}

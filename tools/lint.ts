// Runs every static check and says which failed: types, layout, oxlint, knip, tidy.
import { spawnSync } from 'node:child_process';

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types of core', ['node_modules/typescript/bin/tsc', '-p', 'packages/core']],
  ['types of the rest', ['node_modules/typescript/bin/tsc', '-p', '.']],
  ['types of core’s tests', ['node_modules/typescript/bin/tsc', '-p', 'packages/core/tsconfig.test.json']],
  ['prettier', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '**/*.{ts,mjs}']],
  ['oxlint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']],
  ['knip', ['node_modules/knip/bin/knip.js']],
  ['tidy', ['tools/tidy/main.ts']],
];
let failed = 0;
for (const [name, args] of checks) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failed += 1;
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

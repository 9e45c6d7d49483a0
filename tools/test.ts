// Runs the suites and closes with `N passed, N failed`. --full runs the longer counts and the peers as well.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
}

const full = process.argv.includes('--full');
const filters = process.argv.slice(2).filter((word) => word !== '--full');
// Everything that tests write lies below it, also what a killed process left behind. Others may pass through: PostgreSQL runs as a user of its own.
const folder = mkdtempSync(join(tmpdir(), 'hanse-test-'));
chmodSync(folder, 0o711);
const report = join(folder, 'report.json');
const vitest = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
  { stdio: 'inherit', env: { ...process.env, TMPDIR: folder, ...(full && { HANSE_FULL: '1', HANSE_TEST_SCALE: process.env.HANSE_TEST_SCALE ?? '25' }) } },
);
const { numPassedTests: passed, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8')) as Report;
rmSync(folder, { recursive: true, force: true });
const failed = Math.max(numFailedTests, numFailedTestSuites > 0 || vitest.status !== 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// Repository rules that no other tool knows. Prints each violation; exits 1 where there is one.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { checkFile } from './rules.ts';

const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const paths = listed.split('\n').filter((path) => /\.(ts|tsx|mjs|json|yaml|yml|md|sql|sh)$|^\.ci\/|^\.npmrc$/.test(path));
const violations = paths.flatMap((path) => checkFile({ path, text: readFileSync(path, 'utf8') }));
for (const { path, line, message } of violations) console.log(`${path}:${line}: ${message}`);
console.log(`${paths.length} files, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;

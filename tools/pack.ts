// Makes the one package that users install: dist/hanse-<version>.tgz.
import { spawnSync } from 'node:child_process';
import { writePackage } from './package/write-package.ts';

const version = await writePackage('dist/package');
const npm = spawnSync('npm', ['pack', './dist/package', '--pack-destination', 'dist', '--loglevel=error'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
if (npm.status === 0) console.log(`dist/hanse-${version}.tgz`);
else process.exitCode = 1;

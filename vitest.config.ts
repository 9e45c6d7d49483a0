import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    pool: 'forks',
    // No module has state, so files may share a process: half the time goes otherwise into starting processes and loading modules.
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});

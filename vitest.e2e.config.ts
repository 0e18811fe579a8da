import { defineConfig } from 'vitest/config';

/** Tests of the platform as a process: one file at a time, because each measures or kills servers of its own. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 600_000,
    globalSetup: ['e2e/build.ts'],
  },
});

import { defineConfig } from 'vitest/config';

/** The ports, and the packaged functions, on emulators of the clouds: one file at a time, because all share the emulators. */
export default defineConfig({
  test: {
    include: ['{adapters,tools}/**/*.emulator.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['tools/emulators/global-setup.ts'],
  },
});

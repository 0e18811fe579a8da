import { defineConfig } from 'vitest/config';

const all = '{adapters,functions,tools}/**/*.emulator.test.ts';
const azure = '{adapters/azure,functions/entries/azure,tools/emulators/azure}/**/*.emulator.test.ts';
const gcp = '{adapters/gcp,functions/entries/gcp,tools/emulators/gcp}/**/*.emulator.test.ts';

/** A cloud's tests, and what starts its emulators: nothing is started for a cloud none of whose tests run. */
const project = (name: string, include: readonly string[], exclude: readonly string[], setup: string) => ({
  extends: true as const,
  test: { name, include: [...include], exclude: ['**/node_modules/**', ...exclude], globalSetup: [setup] },
});

/** The ports, and the packaged functions, on emulators of the clouds: one file at a time, because all share the emulators. */
export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      project('aws', [all], [azure, gcp], 'tools/emulators/global-setup.ts'),
      project('azure', [azure], [], 'tools/emulators/azure-setup.ts'),
      project('gcp', [gcp], [], 'tools/emulators/gcp-setup.ts'),
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** One process for all: Pulumi takes half a second to load, and graphs are drawn once. */
export default defineConfig({
  test: {
    include: ['infra-tests/*.test.ts', 'stacks/**/*.test.ts'],
    environment: 'node',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

/** The real Pulumi engine against an emulated cloud: one process, one file at a time, because two cores are all there is. */
export default defineConfig({
  test: {
    include: ['infra-tests/engine/**/*.engine.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
});

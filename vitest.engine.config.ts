import { defineConfig } from 'vitest/config';

/** The real Pulumi engine against emulated accounts. Two files at a time, each with an account of its own: one mostly computes while another mostly waits. */
export default defineConfig({
  test: {
    include: ['infra-tests/engine/**/*.engine.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // The vendor's client of Firestore would look for a machine of Google's, for seconds.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', METADATA_SERVER_DETECTION: 'none' },
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
});

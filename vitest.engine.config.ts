import { defineConfig } from 'vitest/config';

const tests = (pattern: string): string => `infra-tests/engine/${pattern}.engine.test.ts`;
const azure = tests('azure*');
const gcp = tests('gcp*');
const move = tests('move');

/**
 * The real Pulumi engine against emulated accounts; `--project <cloud>` for one cloud alone, `--project move` from one to the next. Two files at a time, each with an account of its own: one
 * mostly computes while another mostly waits.
 */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'aws', include: [tests('*')], exclude: [azure, gcp, move] } },
      { extends: true, test: { name: 'azure', include: [azure] } },
      { extends: true, test: { name: 'gcp', include: [gcp] } },
      { extends: true, test: { name: 'move', include: [move] } },
    ],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // The vendor's client of Firestore would look for a machine of Google's, for seconds.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', METADATA_SERVER_DETECTION: 'none' },
    testTimeout: 480_000,
    hookTimeout: 600_000,
  },
});

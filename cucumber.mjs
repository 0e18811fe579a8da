import { register } from 'tsx/esm/api';

// Steps are TypeScript and are loaded after this file, in the same process.
register();

// With HYBRID_URL and HYBRID_ADMIN_KEY the features are tried on that platform, but for what only the laptop has.
const elsewhere = process.env.HYBRID_URL !== undefined;

export default {
  ...(elsewhere ? { tags: 'not @laptop' } : {}),
  paths: ['acceptance/*.feature'],
  import: ['acceptance/support/*.ts', 'acceptance/steps/*.ts'],
  format: ['progress'],
  strict: true,
};

import { register } from 'tsx/esm/api';

// Steps are TypeScript and are loaded after this file, in the same process.
register();

export default {
  paths: ['acceptance/*.feature'],
  import: ['acceptance/support/*.ts', 'acceptance/steps/*.ts'],
  format: ['progress'],
  strict: true,
};

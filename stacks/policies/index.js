// Pulumi loads a policy pack by `require`, and knows no TypeScript that imports modules: tsx does.
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
createRequire(import.meta.url)('./pack.ts');

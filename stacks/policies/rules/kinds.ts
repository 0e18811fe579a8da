import { isMadeHere } from '../kinds.ts';
import type { ResourceRule } from '../rule.ts';

export const ofKinds: readonly ResourceRule[] = [
  {
    name: 'kind-is-known',
    describes: 'A stack is made only of kinds of resources that somebody has thought of.',
    types: [''],
    breaks: ({ type }) => (isMadeHere(type) ? undefined : `the platform makes no ${type}: see stacks/policies/kinds.ts`),
  },
];

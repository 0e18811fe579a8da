import type { Step } from './events.ts';

/** What an update changed, each as `update models-events-queue`. */
export const changing = (steps: readonly Step[]): string[] =>
  steps.filter(({ op }) => op !== 'same' && op !== 'refresh').map(({ op, name }) => `${op} ${name}`);

/** What the demo found, but for what depends on how long models ran: their time is billed. */
export const figures = (said: string): string[] =>
  said
    .split('\n')
    .filter((line) => /accuracy +[\d.]+|digest +sha256|^ {2}ok /.test(line))
    .map((line) => line.replace(/(what the plan makes of it):.*$/, '$1'));

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decider, replay } from './decider.ts';

type Counted = { readonly type: 'counted'; readonly by: number };
const counter: Decider<readonly number[], never, Counted> = {
  initial: [],
  decide: () => [],
  evolve: (state, { by }) => [...state, by],
};
const counted = (by: number): Counted => ({ type: 'counted', by });

describe('replaying events', () => {
  it('is the initial state before anything happened', () => expect(replay(counter, [])).toBe(counter.initial));
  it('evolves the state by each event in turn', () => expect(replay(counter, [1, 2, 3].map(counted))).toEqual([1, 2, 3]));
  it('may stop anywhere and go on from the state reached', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (before, after) => {
        const reached = replay(counter, before.map(counted));
        expect(replay({ ...counter, initial: reached }, after.map(counted))).toEqual(replay(counter, [...before, ...after].map(counted)));
      }),
    );
  });
});

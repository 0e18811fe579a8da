import { expect } from 'vitest';
import { type Decider, type DomainEvent, replay } from './decider.ts';
import { type Failure, isFailure } from './failure.ts';

/** Tests of a decider that read as sentences: given these events, when this command, then those events (or that failure). */
export const specification = <State, Command, Event extends DomainEvent, Fail extends Failure>(
  decider: Decider<State, Command, Event, Fail>,
) => ({
  given: (...past: Event[]) => ({
    when: (command: Command) => {
      const outcome = decider.decide(command, replay(decider, past));
      return {
        // biome-ignore lint/suspicious/noThenProperty: given, when, then is the vocabulary of the specification; it is never awaited
        then: (...expected: Event[]) => expect(outcome).toEqual(expected),
        fails: (code: Fail['code']) => {
          expect(isFailure(outcome), `expected ${code}, got ${JSON.stringify(outcome)}`).toBe(true);
          expect((outcome as Fail).code).toBe(code);
        },
      };
    },
  }),
});

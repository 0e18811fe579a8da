import type { Failure } from './failure.ts';

export type DomainEvent = { readonly type: string };

/**
 * An aggregate as three pure parts (Chassaing's decider): what a command leads to in a state, what an event makes of a
 * state, and the state before anything happened. No events means that nothing had to change.
 */
export type Decider<State, Command, Event extends DomainEvent, Fail extends Failure = Failure> = {
  readonly initial: State;
  decide(command: Command, state: State): readonly Event[] | Fail;
  evolve(state: State, event: Event): State;
};

export const replay = <State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>,
  events: Iterable<Event>,
): State => {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};

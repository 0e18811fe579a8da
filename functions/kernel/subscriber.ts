import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { DomainEvent } from '../../domain/kernel/decider.ts';
import { type Aggregate, type Handled, handledOrThrow, partitionKey, type StreamId } from '../../domain/kernel/event-store.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { Write } from '../../domain/kernel/table.ts';
import type { ContextDeclaration } from './context.ts';
import type { PortsOf, Records } from './handler.ts';

type Declared = Partial<Pick<ContextDeclaration, 'tables' | 'objects' | 'queues' | 'borrows' | 'routes'>>;

/** What a context does on an event. A throw means: deliver it again, in the end to the dead letters. */
export type EventHandlerOf<C extends Declared> = (event: CloudEvent, ports: PortsOf<C>) => Promise<void>;

/** All event handlers of a context, by the names of its subscribers: one is missing or left over, and it does not compile. */
export type SubscribersOf<C extends Declared & Pick<ContextDeclaration, 'subscribers'>> = {
  readonly [N in keyof C['subscribers']]: EventHandlerOf<C>;
};

const rememberedSeconds = 7 * 86_400;

/**
 * Changes one aggregate because of an event, once by the event's `source` and `id`: that it was seen is recorded in the transaction of the
 * change, in the aggregate's partition, for 7 days. The change is by the event's principal. Nothing where the event was handled before; throws
 * `Rejected` where the command fails.
 */
export const handleOnce = async <S, C, E extends DomainEvent, F extends Failure>(
  event: CloudEvent,
  records: Records,
  [aggregate, id, command]: readonly [Aggregate<S, C, E, F>, StreamId, C],
): Promise<Handled<S, E> | undefined> => {
  const outcome = await records.events.handle(aggregate, id, command, {
    by: { id: event.principal },
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    alongside: (handled) => [seen(event, id, handled.events[0]?.at ?? event.time)],
  });
  if (isFailure(outcome) && outcome.code === 'alongside-conflict') return undefined;
  return handledOrThrow<Handled<S, E>>(outcome);
};

const seen = ({ source, id: event }: CloudEvent, id: StreamId, at: string): Write => {
  const expiresAt = Math.ceil(new Date(at).getTime() / 1000) + rememberedSeconds;
  return { type: 'put', item: { pk: partitionKey(id), sk: `seen#${source}#${event}`, expiresAt }, if: 'absent' };
};

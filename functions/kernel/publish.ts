import * as z from 'zod';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { EventBus } from '../../domain/kernel/event-bus.ts';
import { recordedEvent } from '../../domain/kernel/event-store.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Change, ChangeHandler, Item } from '../../domain/kernel/table.ts';
import type { ContextDeclaration, EventDeclaration } from './context.ts';
import { isMoved } from './transfer/moved.ts';

/** The resource an event is about, as the audit trail and subscribers see it: `model#digits` and `alias#champion` make `model/digits/alias/champion`. */
const subjectOf = (partition: string, stream: string): string => {
  const [kind] = partition.split('#');
  // A version's stream is padded so that versions sort; people know it by its number.
  const named = stream.replace(/^version#0+/, 'version#');
  return (stream === kind ? partition : `${partition}#${named}`).replaceAll('#', '/');
};

/** A stored event as the other contexts hear it: only what its schema names leaves the context. */
export const toCloudEvent = (types: ReadonlyMap<string, EventDeclaration>, item: Item): CloudEvent | undefined => {
  const recorded = recordedEvent(item);
  if (recorded === undefined) return undefined;
  const type = types.get(recorded.event.type);
  if (type === undefined)
    throw new Rejected(
      failed('invalid', 'event-undeclared', `The event "${recorded.event.type}" is stored but not declared under "publishes".`),
    );
  return {
    specversion: '1.0',
    id: recorded.id,
    source: `urn:hybrid:${type.context}`,
    type: type.type,
    subject: subjectOf(recorded.partition, recorded.stream),
    time: recorded.at,
    datacontenttype: 'application/json',
    tenantid: recorded.tenant,
    principal: recorded.by,
    sequence: String(recorded.version),
    ...(recorded.traceparent === undefined ? {} : { traceparent: recorded.traceparent }),
    data: z.parse(type.data, recorded.event) as JsonObject,
  };
};

/** Publishes the events among a table's changes, in their order, but for those that come from another platform: there they were heard. Handed to the change stream of every event-sourced table. */
export const publisher = (context: Pick<ContextDeclaration, 'publishes'>, bus: EventBus): ChangeHandler => {
  const types = new Map(context.publishes.map((type) => [type.name, type]));
  return async (changes) => {
    const events = changes
      .flatMap(({ item }: Change) => (item === undefined || isMoved(item) ? [] : [toCloudEvent(types, item)]))
      .filter((event) => event !== undefined);
    if (events.length > 0) await bus.publish(events);
  };
};

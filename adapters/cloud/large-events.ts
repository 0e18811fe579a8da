import { createHash } from 'node:crypto';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { failed, isFailure, orReject, Rejected } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';

/**
 * What travels in place of an event that is too large: all but its data, which `dataref` names (CloudEvents' claim check extension,
 * https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/dataref.md). The reference is relative: a key in the store of large events.
 */
export type EventByReference = Omit<CloudEvent, 'data'> & { readonly dataref: string };

/** An event as the bus carries it: whole up to so many bytes of JSON, else without its data, which then lie in the store before this is published. */
export const detailOf = async (event: CloudEvent, store: Pick<ObjectStore, 'put'>, largestBytes: number): Promise<string> => {
  const whole = JSON.stringify(event);
  // A character of a string is at most three bytes: most events need no counting.
  if (whole.length * 3 <= largestBytes || Buffer.byteLength(whole) <= largestBytes) return whole;
  const { data, ...envelope } = event;
  const dataref = keyOf(event);
  orReject(await store.put(dataref, bytes(JSON.stringify(data)), { contentType: event.datacontenttype }));
  return JSON.stringify({ ...envelope, dataref } satisfies EventByReference);
};

/** The same for the same event, however often it is published. */
const keyOf = ({ tenantid, source, id }: Pick<CloudEvent, 'tenantid' | 'source' | 'id'>): string =>
  `${tenantid}/${createHash('sha256').update(`${source}\n${id}`).digest('hex')}.json`;

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const notACloudEvent = (detail: string): Rejected => new Rejected(failed('malformed', 'not-a-cloud-event', detail));

const isEnvelope = (detail: unknown): detail is CloudEvent | EventByReference => {
  if (typeof detail !== 'object' || detail === null) return false;
  const { id, source, type, data, dataref } = detail as Record<string, unknown>;
  const named = [id, source, type].every((attribute) => typeof attribute === 'string');
  return named && (typeof data === 'object' || typeof dataref === 'string');
};

/**
 * The event that a bus has carried. Throws `Rejected` `not-a-cloud-event`, also where it refers to another event's data (whoever
 * may publish could have them read to whom he likes), or `event-data-missing` where its own are gone.
 */
export const eventOf = async (detail: unknown, store: Pick<ObjectStore, 'get'>): Promise<CloudEvent> => {
  if (!isEnvelope(detail)) throw notACloudEvent('The detail of this event is not a CloudEvent.');
  if ('data' in detail) return detail;
  const { dataref, ...envelope } = detail;
  if (dataref !== keyOf(envelope)) throw notACloudEvent(`The event ${envelope.id} refers to data that are not its own.`);
  const object = await store.get(dataref);
  if (object === undefined || isFailure(object))
    throw new Rejected(
      failed('not-found', 'event-data-missing', `The data of the event ${envelope.id}, ${dataref}, are not there (any more).`),
    );
  return { ...envelope, data: (await new Response(object.body).json()) as JsonObject };
};

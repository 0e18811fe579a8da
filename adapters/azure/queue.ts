import { createHash, randomUUID } from 'node:crypto';
import { failed, isFailure, orReject, Rejected } from '../../domain/kernel/failure.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { bytesOfMessage, checkedMessage } from '../../domain/kernel/message-rules.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Queue } from '../../domain/kernel/queue.ts';
import type { AzureClient } from './client.ts';
import { queues } from './services.ts';

export type StorageQueueOptions = {
  readonly client: AzureClient;
  readonly queueUrl: string;
  /** Takes the bodies of messages that are too large for a queue. */
  readonly largeEvents: Pick<ObjectStore, 'put'>;
};

/** What travels: a body, or where it lies. The key is derived from the id, which nobody can guess: so nobody can have another's body read. */
type Envelope = { readonly id: string; readonly body: Json } | { readonly id: string; readonly bodyref: string };

/** In bytes of JSON: a message has at most 64 KB, in base64. */
const largestText = 48 * 1024;
const sentAtOnce = 20;
const longestHidden = 604_800;

const keyOf = (id: string): string => `queued/${createHash('sha256').update(id).digest('hex')}.json`;

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The `Queue` port on Azure Storage. Delays are whole seconds there and are rounded up. Throws `AzureError`; what was taken by then stays sent. */
export const storageQueue = ({ client, queueUrl, largeEvents }: StorageQueueOptions): Queue => {
  const textOf = async (body: string): Promise<string> => {
    const id = randomUUID();
    const text = `{"id":"${id}","body":${body}}`;
    if (bytesOfMessage(text) <= largestText) return text;
    const bodyref = keyOf(id);
    orReject(await largeEvents.put(bodyref, bytes(body), { contentType: 'application/json' }));
    return JSON.stringify({ id, bodyref } satisfies Envelope);
  };

  return {
    async send(messages) {
      const checked = messages.map((message) => ({ body: checkedMessage(message), delay: Math.ceil(message.delaySeconds ?? 0) }));
      for (let first = 0; first < checked.length; first += sentAtOnce)
        await Promise.all(
          checked.slice(first, first + sentAtOnce).map(async ({ body, delay }) => sendText(client, queueUrl, await textOf(body), delay)),
        );
    },
  };
};

/** Sends a text as it is: a message's JSON. It stays until it is deleted (Put Message). */
export const sendText = async (client: AzureClient, queueUrl: string, text: string, delaySeconds = 0): Promise<void> => {
  const delay = delaySeconds > 0 ? `&visibilitytimeout=${delaySeconds}` : '';
  await client.call(queues, {
    operation: 'PutMessage',
    method: 'POST',
    url: `${queueUrl}/messages?messagettl=-1${delay}`,
    headers: { 'content-type': 'application/xml' },
    body: `<QueueMessage><MessageText>${Buffer.from(text).toString('base64')}</MessageText></QueueMessage>`,
  });
};

export type Receipt = { readonly id: string; readonly popReceipt: string };

/** Hides a received message for so many seconds (0 to 604,800) from now on (Update Message, which leaves the text where none is given). */
export const postponeMessage = async (
  client: AzureClient,
  queueUrl: string,
  { id, popReceipt }: Receipt,
  seconds: number,
): Promise<void> => {
  const hidden = Math.round(Math.min(Math.max(seconds, 0), longestHidden));
  await client.call(queues, {
    operation: 'UpdateMessage',
    method: 'PUT',
    url: `${queueUrl}/messages/${encodeURIComponent(id)}?popreceipt=${encodeURIComponent(popReceipt)}&visibilitytimeout=${hidden}`,
  });
};

/** The body of a work queue's message, of the parsed JSON of its text. Throws `Rejected` `not-a-message`, or `message-body-missing` where its body is gone. */
export const bodyOf = async (delivered: unknown, store: Pick<ObjectStore, 'get'>): Promise<Json> => {
  const envelope = (typeof delivered === 'object' && delivered !== null ? delivered : {}) as Partial<
    Record<'id' | 'body' | 'bodyref', Json>
  >;
  if (envelope.body !== undefined) return envelope.body;
  if (typeof envelope.id !== 'string' || envelope.bodyref !== keyOf(envelope.id))
    throw new Rejected(failed('malformed', 'not-a-message', 'This is no message of a work queue: it has no body.'));
  const object = await store.get(envelope.bodyref);
  if (object === undefined || isFailure(object))
    throw new Rejected(failed('not-found', 'message-body-missing', `The body of the message ${envelope.id} is not there (any more).`));
  return (await new Response(object.body).json()) as Json;
};

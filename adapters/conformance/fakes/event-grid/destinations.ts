import type { PublishedEvent } from './cloud-events.ts';

export type Delivery = { readonly event: PublishedEvent; readonly subscription: string; readonly attempt: number };

/**
 * Where a subscription's events go. `send` answers with an HTTP status; 200 to 204 are success. `givesUpAt` are the statuses with which
 * the service tries no more.
 */
export type Destination = {
  readonly givesUpAt: readonly number[];
  send(delivery: Delivery): Promise<number>;
  /** Before the first event; throws where the destination does not want any. */
  handshake?(): Promise<void>;
};

const messageBytes = 64 * 1024;

/** A storage queue. `put` takes the text of a message, which is base64, and answers with the status of the queue. A message has at most 64 KB. */
export const storageQueue = (put: (messageText: string) => Promise<number>): Destination => ({
  givesUpAt: [400, 403, 413],
  async send({ event }) {
    const text = Buffer.from(JSON.stringify(event)).toString('base64');
    return text.length > messageBytes ? 413 : put(text);
  },
});

/** A queue by its REST interface (Put Message); the URL is that of the queue, with a shared access signature as its query. */
export const storageQueueAt = (url: string): Destination =>
  storageQueue(async (text) => {
    const [queue, signature] = url.split('?');
    const response = await fetch(`${queue}/messages?messagettl=604800&${signature ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml', 'x-ms-version': '2021-12-02' },
      body: `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`,
    });
    await response.arrayBuffer();
    return response.status;
  });

const origin = 'eventgrid.azure.net';

/** In which a subscription has its events, and so its handshake. */
export type Schema = 'cloud-events' | 'event-grid';

/** A webhook that has to want events first. `headers` go with every event, and with the handshake. */
export const webhook = (url: string, headers: Readonly<Record<string, string>> = {}, schema: Schema = 'cloud-events'): Destination => ({
  givesUpAt: [400, 401, 403, 404, 413],
  handshake: () => (schema === 'cloud-events' ? askConsent(url, headers) : sendCode(url, headers)),
  async send({ event, subscription, attempt }) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        origin,
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'aeg-event-type': 'Notification',
        'aeg-subscription-name': subscription.toUpperCase(),
        'aeg-delivery-count': String(attempt - 1),
        'aeg-metadata-version': '1.0',
        'aeg-output-event-id': crypto.randomUUID(),
      },
      body: JSON.stringify(event),
    });
    await response.arrayBuffer();
    return response.status;
  },
});

/** https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md */
const askConsent = async (url: string, headers: Readonly<Record<string, string>>): Promise<void> => {
  const response = await fetch(url, { method: 'OPTIONS', headers: { ...headers, 'webhook-request-origin': origin } });
  await response.arrayBuffer();
  const allowed = response.headers.get('webhook-allowed-origin');
  if (!response.ok || (allowed !== '*' && allowed !== origin)) throw new TypeError(`The webhook ${url} does not allow ${origin}.`);
};

/** https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
const sendCode = async (url: string, headers: Readonly<Record<string, string>>): Promise<void> => {
  const validationCode = crypto.randomUUID();
  const event = {
    ...{ id: crypto.randomUUID(), topic: '', subject: '', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' },
    ...{ eventTime: new Date().toISOString(), metadataVersion: '1', dataVersion: '2' },
    data: { validationCode, validationUrl: 'https://eventgrid.azure.net/validate' },
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'aeg-event-type': 'SubscriptionValidation' },
    body: JSON.stringify([event]),
  });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok || (answer as { readonly validationResponse?: unknown } | undefined)?.validationResponse !== validationCode)
    throw new TypeError(`The webhook ${url} does not answer with the code that it was sent.`);
};

import * as z from 'zod';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { ContextDeclaration, EventDeclaration } from './context.ts';
import { type SchemaCollector, schemaCollector } from './json-schema.ts';
import { platformVersion } from './version.ts';

/**
 * The events of all contexts as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0): a channel and a `send`
 * per published event, a `receive` per subscriber and event. Payloads are CloudEvents 1.0 in the structured mode of JSON.
 */
export const asyncApi = (
  contexts: readonly ContextDeclaration[],
  { version = platformVersion }: { readonly version?: string } = {},
): JsonObject => {
  const schemas = schemaCollector('draft-7');
  const published = contexts.flatMap(({ publishes }) => publishes);
  const messages = Object.fromEntries(published.map((event) => [nameOf(event), messageOf(event, schemas)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hybrid AI Platform',
      version,
      description: 'What the contexts tell each other. Delivery is at least once: `source` and `id` together name an event.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(published.map((event) => [nameOf(event), channelOf(event)])),
    operations: Object.fromEntries([...published.map(sending), ...contexts.flatMap((context) => receiving(context, published))]),
    components: { messages, schemas: schemas.named() },
  };
};

const nameOf = ({ context, name }: EventDeclaration): string => `${context}.${name}`;

const channelOf = (event: EventDeclaration): JsonObject => ({
  address: event.type,
  description: event.describes,
  messages: { [event.name]: { $ref: `#/components/messages/${nameOf(event)}` } },
});

const operation = (action: 'send' | 'receive', event: EventDeclaration, context: string, summary: string): JsonObject => ({
  action,
  channel: { $ref: `#/channels/${nameOf(event)}` },
  messages: [{ $ref: `#/channels/${nameOf(event)}/messages/${event.name}` }],
  summary,
  tags: [{ name: context }],
});

const sending = (event: EventDeclaration): [string, JsonObject] => [
  `${event.context}.send-${event.name}`,
  operation('send', event, event.context, event.describes),
];

const receiving = (context: ContextDeclaration, published: readonly EventDeclaration[]): [string, JsonObject][] =>
  Object.entries(context.subscribers).flatMap(([subscriber, { to, attempts }]) =>
    (to === '*' ? published : to).map((event): [string, JsonObject] => [
      `${context.name}.on-${subscriber}.${nameOf(event)}`,
      operation('receive', event, context.name, `${context.name} hears of it, with ${attempts} attempts before it is a dead letter`),
    ]),
  );

const messageOf = (event: EventDeclaration, schemas: SchemaCollector): JsonObject => ({
  name: event.type,
  title: event.name,
  summary: event.describes,
  contentType: 'application/cloudevents+json',
  payload: schemas.of(envelope(event), 'output'),
});

const envelope = ({ type, context, data }: EventDeclaration): z.ZodType =>
  z.object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.literal(`urn:hybrid:${context}`),
    type: z.literal(type),
    subject: z.string().describe('The resource that it is about, for example model/digits'),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    tenantid: z.string(),
    principal: z.string().describe('Who caused it'),
    sequence: z.string().describe("The aggregate's version; 0 where it is of none"),
    traceparent: z.string().optional(),
    data,
  });

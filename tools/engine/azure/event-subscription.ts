import * as z from 'zod';
import { storageVersion } from '../../../adapters/azure/services.ts';
import { storageQueue } from '../../../adapters/conformance/fakes/event-grid.ts';
import { behind } from './host/front.ts';
import { isThere, named, Place, resource } from './resource.ts';
import { found, type Subscription } from './subscription.ts';

const Identity = z.object({ userAssignedIdentity: z.string() });
const Inputs = Place.extend({
  topicName: z.string(),
  eventDeliverySchema: z.literal('CloudEventSchemaV1_0'),
  filter: z.looseObject({ includedEventTypes: z.array(z.string()).optional() }).optional(),
  deliveryWithResourceIdentity: z.object({
    identity: Identity,
    destination: z.looseObject({ endpointType: z.literal('StorageQueue'), resourceId: z.string(), queueName: z.string() }),
  }),
  deadLetterWithResourceIdentity: z.object({
    identity: Identity,
    deadLetterDestination: z.looseObject({ endpointType: z.literal('StorageBlob'), resourceId: z.string(), blobContainerName: z.string() }),
  }),
  retryPolicy: z.object({ maxDeliveryAttempts: z.number().optional(), eventTimeToLiveInMinutes: z.number().optional() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

/** Delivers to a queue and gives up to a container, with the topic's identity, which is asked for what it may as any other. */
export const eventSubscription = (subscription: Subscription) => {
  const { topics, identities, front } = subscription;
  const subscribed = new Set<string>();

  const put = async (identity: string, method: string, url: string, body: string, headers: Record<string, string> = {}) => {
    const { appService } = found(identities, identity).tokens;
    const asked = `${appService.endpoint}?resource=https%3A%2F%2Fstorage.azure.com&api-version=2019-08-01`;
    const token = (await (await fetch(asked, { headers: { 'x-identity-header': appService.header } })).json()) as { access_token: string };
    const answer = await fetch(behind(front.url, url), {
      method,
      headers: { authorization: `Bearer ${token.access_token}`, 'x-ms-version': storageVersion, ...headers },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const accountOf = (resourceId: string): string => resourceId.split('/').at(-1) ?? '';

  const subscribe = async (inputs: Inputs, name: string): Promise<void> => {
    const { deliveryWithResourceIdentity: delivery, deadLetterWithResourceIdentity: givenUp } = inputs;
    const { destination } = delivery;
    const queue = `https://${accountOf(destination.resourceId)}.queue.core.windows.net/${destination.queueName}/messages`;
    const { deadLetterDestination: letters } = givenUp;
    const container = `https://${accountOf(letters.resourceId)}.blob.core.windows.net/${letters.blobContainerName}`;
    const { includedEventTypes } = inputs.filter ?? {};
    await found(topics, inputs.topicName).fake.subscribe({
      name,
      filter: includedEventTypes === undefined ? {} : { includedEventTypes },
      ...(inputs.retryPolicy === undefined ? {} : { retryPolicy: inputs.retryPolicy as { maxDeliveryAttempts?: number } }),
      destination: storageQueue((text) =>
        put(delivery.identity.userAssignedIdentity, 'POST', queue, `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`),
      ),
      deadLetter: async (blob, content) => {
        const { userAssignedIdentity } = givenUp.identity;
        await put(userAssignedIdentity, 'PUT', `${container}/${blob}`, content, { 'x-ms-blob-type': 'BlockBlob' });
      },
    });
  };

  return resource({
    type: 'eventgrid:TopicEventSubscription',
    inputs: Inputs,
    naming: named('eventSubscriptionName', 64),
    create: async (inputs, { id, name }) => {
      await subscribe(inputs, name);
      subscribed.add(id);
      return undefined;
    },
    update: (inputs, { name }) => subscribe(inputs, name),
    find: async ({ id }) => isThere(subscribed.has(id)),
    remove: async ({ id, name }, { topicName }) => {
      subscribed.delete(id);
      topics.get(topicName)?.fake.unsubscribe(name);
    },
  });
};

import * as z from 'zod';
import { startEventGrid } from '../../../adapters/conformance/fakes/event-grid.ts';
import { ofTopic } from './needs.ts';
import { location } from './outputs.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

const Inputs = Place.extend({
  identity: z.object({ userAssignedIdentities: z.union([z.record(z.string(), z.unknown()), z.array(z.string())]) }),
});

export const hostOf = (topic: string): string => `${topic}.${location}-1.eventgrid.azure.net`;

export const topic = ({ topics, front }: Subscription) =>
  resource({
    type: 'eventgrid:Topic',
    inputs: Inputs,
    naming: named('topicName', 50),
    replacedBy: ['inputSchema'],
    create: async ({ identity: { userAssignedIdentities: identities } }, { id, name }) => {
      const [identityId = ''] = Array.isArray(identities) ? identities : Object.keys(identities);
      const fake = await startEventGrid({ millisPerSecond: 10 });
      topics.set(name, { id, identityId, fake });
      front.services.set(hostOf(name), { id, endpoint: fake.url, needs: ofTopic });
      return undefined;
    },
    find: async ({ name }) => isThere(topics.has(name)),
    remove: async ({ name }) => {
      front.services.delete(hostOf(name));
      const known = topics.get(name);
      topics.delete(name);
      await known?.fake.close();
    },
  });

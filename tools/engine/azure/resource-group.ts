import * as z from 'zod';
import { isThere, named, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

export const resourceGroup = ({ groups }: Subscription) =>
  resource({
    type: 'resources:ResourceGroup',
    inputs: z.looseObject({}),
    naming: named('resourceGroupName', 90),
    create: async (_inputs, { id }) => {
      groups.add(id);
      return undefined;
    },
    find: async ({ id }) => isThere(groups.has(id)),
    remove: async ({ id }) => {
      groups.delete(id);
    },
  });

import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import type { World } from './world.ts';

const RecordSet = z.strictObject({
  managedZone: z.string(),
  name: z.string().endsWith('.'),
  type: z.literal('A'),
  ttl: z.int().min(0),
  rrdatas: z.array(z.ipv4()).min(1),
});

export const recordSet = ({ project, names }: World) =>
  kind({
    type: 'gcp:dns/recordSet:RecordSet',
    inputs: RecordSet,
    replacedBy: ['managedZone', 'name', 'type', 'project'],
    computes: [],
    create: async ({ managedZone, name, type, rrdatas }) => {
      names.insert(managedZone, { name, addresses: rrdatas });
      return { id: `projects/${project.id}/managedZones/${managedZone}/rrsets/${name}/${type}`, computed: {} };
    },
    read: async (_id, { managedZone, name }) => (names.has(managedZone, name) ? { computed: {} } : undefined),
    update: async (_id, { managedZone, name, rrdatas }) => void names.put(managedZone, { name, addresses: rrdatas }),
    remove: async (_id, { managedZone, name }) => names.remove(managedZone, name),
  });

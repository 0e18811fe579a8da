import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import { addedTo } from './outputs.ts';
import { addedBy, autoName } from './resource.ts';

/** Accepts whatever the program asks for and keeps it: for kinds whose being there changes nothing here, such as alarms. */
export const recorded = (type: string, records: Records): Kind => ({
  type,
  replacedBy: ['resourceGroupName', 'location'],
  computes: addedBy(type.split(':').slice(1).join(':')),
  recomputes: [],
  secrets: [],
  create: async (inputs, { urn }) => {
    const { id, ...computed } = addedTo(type, autoName(urn), inputs);
    records.set(id, { type, urn });
    return { id, computed };
  },
  read: async (id) => (records.has(id) ? { computed: {} } : undefined),
  update: async () => ({}),
  remove: async (id) => {
    records.delete(id);
  },
});

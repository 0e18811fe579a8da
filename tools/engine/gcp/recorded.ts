import { randomBytes } from 'node:crypto';
import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import type { Project } from './project.ts';

const nameOf = (type: string): string => (type.split(':').at(-1) ?? type).toLowerCase();

/** Accepts whatever the program asks for and keeps it: for kinds whose being there changes nothing here, such as alert policies. */
export const recorded = (type: string, records: Records, { id: project, number }: Project): Kind => ({
  type,
  naming: { property: 'name', longest: 63 },
  replacedBy: ['name', 'project', 'location', 'database', 'collection', 'field'],
  computes: ['effectiveLabels'],
  recomputes: [],
  secrets: [],
  create: async (_inputs, { urn }) => {
    const owner = type.startsWith('gcp:monitoring/') ? number : project;
    const id = `projects/${owner}/${nameOf(type)}s/${randomBytes(8).toString('hex')}`;
    records.set(id, { type, urn });
    return { id, computed: { effectiveLabels: {} } };
  },
  read: async (id) => (records.has(id) ? { computed: {} } : undefined),
  update: async () => ({}),
  remove: async (id) => void records.delete(id),
});

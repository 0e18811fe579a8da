import { randomBytes } from 'node:crypto';
import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import { missingOf, problemsOf } from '../provider/told.ts';
import type { Properties } from '../provider/values.ts';
import type { Project } from './project.ts';
import { told } from './told.ts';

const nameOf = (type: string): string => (type.split(':').at(-1) ?? type).toLowerCase();

/** Accepts what the program asks for and keeps it: for kinds whose being there changes nothing here, such as alert policies. What Google is known to refuse of them is refused (told.ts). */
export const recorded = (type: string, records: Records, project: Project): Kind => {
  const { inputs: wanted, replacedBy = ['name', 'location', 'database', 'collection', 'field'], idOf, refersTo } = told[type] ?? {};
  const check = (inputs: Properties): void => {
    const problems = problemsOf(wanted, inputs);
    if (problems !== undefined) throw new Error(`Error 400: ${type}: ${problems}`);
    const missing = missingOf(refersTo?.(inputs, project), records);
    if (missing !== undefined) throw new Error(`Error 404: ${missing} is not there.`);
  };
  return {
    type,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['project', ...replacedBy],
    computes: ['effectiveLabels'],
    recomputes: [],
    secrets: [],
    create: async (inputs, { urn }) => {
      check(inputs);
      const owner = type.startsWith('gcp:monitoring/') ? project.number : project.id;
      const id = idOf?.(inputs, project) ?? `projects/${owner}/${nameOf(type)}s/${randomBytes(8).toString('hex')}`;
      if (records.has(id)) throw new Error(`Error 409: ${id} already exists.`);
      records.set(id, { type, urn });
      return { id, computed: { effectiveLabels: {} } };
    },
    read: async (id) => (records.has(id) ? { computed: {} } : undefined),
    update: async (_id, inputs) => {
      check(inputs);
      return {};
    },
    remove: async (id) => void records.delete(id),
  };
};

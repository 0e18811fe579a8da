import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import { missingOf, problemsOf } from '../provider/told.ts';
import type { Properties } from '../provider/values.ts';
import { addedTo } from './outputs.ts';
import { addedBy, autoName } from './resource.ts';
import { told } from './told.ts';

/**
 * Accepts what the program asks for and keeps it: for kinds whose being there changes nothing here, such as alerts. What Azure is known to refuse of
 * them is refused (told.ts).
 */
export const recorded = (type: string, records: Records): Kind => ({
  type,
  replacedBy: ['resourceGroupName', 'location'],
  computes: addedBy(type.split(':').slice(1).join(':')),
  recomputes: [],
  secrets: [],
  create: async (inputs, { urn }) => {
    check(type, records, inputs);
    const { id, ...computed } = addedTo(type, autoName(urn), inputs);
    records.set(id, { type, urn });
    return { id, computed };
  },
  read: async (id) => (records.has(id) ? { computed: {} } : undefined),
  update: async (_id, inputs) => {
    check(type, records, inputs);
    return {};
  },
  remove: async (id) => {
    records.delete(id);
  },
});

const check = (type: string, records: Records, inputs: Properties): void => {
  const { inputs: wanted, refersTo } = told[type] ?? {};
  const problems = problemsOf(wanted, inputs);
  if (problems !== undefined) throw new Error(`400 BadRequest: ${type}: ${problems}`);
  const missing = missingOf(refersTo?.(inputs), records);
  if (missing !== undefined) throw new Error(`404 ResourceNotFound: ${missing} is not there.`);
};

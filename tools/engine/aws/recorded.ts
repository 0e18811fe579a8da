import { randomBytes } from 'node:crypto';
import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import type { Account } from './clients.ts';

const nameOf = (type: string): string => type.split(':').at(-1) ?? type;
const serviceOf = (type: string): string => type.split(':')[1]?.split('/')[0] ?? '';

/** Accepts whatever the program asks for and keeps it: for kinds whose being there changes nothing here, such as alarms. */
export const recorded = (type: string, records: Records, { region, id: account }: Account): Kind => ({
  type,
  naming: { property: 'name', longest: 64 },
  replacedBy: ['name', 'region'],
  computes: ['arn'],
  recomputes: [],
  secrets: [],
  create: async (inputs, { urn }) => {
    const given =
      typeof inputs.name === 'string' && inputs.name !== ''
        ? inputs.name
        : `${nameOf(type).toLowerCase()}-${randomBytes(4).toString('hex')}`;
    const arn = `arn:aws:${serviceOf(type)}:${region}:${account}:${nameOf(type).toLowerCase()}/${given}`;
    records.set(arn, { type, urn });
    return { id: given, computed: { arn } };
  },
  read: async (_id, state) => (records.has(String(state.arn)) ? { computed: {} } : undefined),
  update: async () => ({}),
  remove: async (_id, state) => {
    records.delete(String(state.arn));
  },
});

import { isDeepStrictEqual } from 'node:util';
import type { Computed } from '../provider/kind.ts';

/** Documents are compared by what they say: a service writes JSON in its own way. */
const saysTheSame = (state: unknown, said: unknown): boolean => {
  if (typeof state !== 'string' || typeof said !== 'string') return isDeepStrictEqual(state, said);
  try {
    return isDeepStrictEqual(JSON.parse(state), JSON.parse(said));
  } catch {
    return state === said;
  }
};

/** Of what a service says, what differs from what the program had said; what the program left to the service is not of interest. */
export const drift = (state: Computed, said: Computed): Computed =>
  Object.fromEntries(
    Object.entries(said).filter(([key, value]) => value !== undefined && state[key] !== undefined && !saysTheSame(state[key], value)),
  );

import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import type { World } from './world.ts';

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,63}$/);
const seconds = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+s$/)
    .refine((text) => Number.parseInt(text, 10) >= least && Number.parseInt(text, 10) <= most, `from ${least}s to ${most}s`);
const day = 86_400;

const RingInputs = z.object({ name, location: z.string() });

/** It stays, and its name with it, when the program lets it go. */
export const keyRing = ({ project, keys }: World) =>
  kind({
    type: 'gcp:kms/keyRing:KeyRing',
    inputs: RingInputs,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'location', 'project'],
    computes: [],
    create: async ({ name: called, location }) => {
      const id = `projects/${project.id}/locations/${location}/keyRings/${called}`;
      keys.make(id);
      return { id, computed: {} };
    },
    read: async (id) => (keys.has(id) ? { computed: {} } : undefined),
    remove: async () => {},
  });

/** https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys */
const KeyInputs = z.object({
  name,
  keyRing: z.string(),
  rotationPeriod: seconds(day, 876_000 * 3600),
  destroyScheduledDuration: seconds(day, 120 * day),
});

export const cryptoKey = ({ keys }: World) =>
  kind({
    type: 'gcp:kms/cryptoKey:CryptoKey',
    inputs: KeyInputs,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'keyRing', 'purpose', 'destroyScheduledDuration', 'importOnly'],
    computes: [],
    create: async ({ name: called, keyRing: ring }) => {
      const id = `${ring}/cryptoKeys/${called}`;
      keys.make(id);
      return { id, computed: {} };
    },
    read: async (id) => (keys.has(id) ? { computed: {} } : undefined),
    update: async () => ({}),
    remove: async (id) => keys.destroy(id),
  });

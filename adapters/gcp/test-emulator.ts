import { randomUUID } from 'node:crypto';
import { type GcpEmulator, gcpEmulator } from '../../tools/emulators/gcp-setup.ts';
import { type GcpClient, type GcpClientOptions, gcpClient } from './client.ts';
import type { Environment, Identity } from './credentials.ts';

const hostOf = (emulator: GcpEmulator): string => gcpEmulator(emulator).replace(/^http:\/\//, '');

/** What a function finds in its environment where the services are emulated. */
export const emulatorEnvironment = (): Environment => ({
  FIRESTORE_EMULATOR_HOST: hostOf('HYBRID_TEST_FIRESTORE'),
  PUBSUB_EMULATOR_HOST: hostOf('HYBRID_TEST_PUBSUB'),
  STORAGE_EMULATOR_HOST: gcpEmulator('HYBRID_TEST_STORAGE'),
  HYBRID_SECRETMANAGER_ENDPOINT: gcpEmulator('HYBRID_TEST_SECRETMANAGER'),
});

/** Emulators do not look at who asks. */
export const testIdentity: Identity = {
  accessToken: async () => 'token',
  identityToken: async (audience) => `token for ${audience}`,
  email: async () => 'functions@project.iam.gserviceaccount.com',
  forget: () => undefined,
};

export const emulatorClient = (more: Environment = {}, options: Partial<GcpClientOptions> = {}): GcpClient =>
  gcpClient({ environment: { ...emulatorEnvironment(), ...more }, identity: testIdentity, ...options });

/** A collection of its own: the emulator makes databases as they are named. */
export const testCollection = (): string => `projects/project/databases/db-${randomUUID().slice(0, 8)}/documents/things`;

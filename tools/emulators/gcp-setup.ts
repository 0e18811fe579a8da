import type { Emulator } from './emulator-process.ts';
import { startDrongo, startFakeGcsServer, startFirestore, startPubSub } from './gcp.ts';

const starters = {
  HYBRID_TEST_FIRESTORE: startFirestore,
  HYBRID_TEST_PUBSUB: startPubSub,
  HYBRID_TEST_STORAGE: startFakeGcsServer,
  HYBRID_TEST_SECRETMANAGER: startDrongo,
} as const;

/** Where a test finds an emulator of Google Cloud: the environment variables that the set-up leaves for it. */
export type GcpEmulator = keyof typeof starters;

/** The URL of a running emulator. A test that needs one runs under `npm run test:emulators`. */
export const gcpEmulator = (emulator: GcpEmulator): string => process.env[emulator] ?? '';

/** Once before all tests of Google Cloud: its emulators run, and end with them. */
export const setup = async (): Promise<() => Promise<void>> => {
  // The vendor's clients would look for a machine of Google's, for seconds.
  process.env.METADATA_SERVER_DETECTION = 'none';
  const emulators: Emulator[] = await Promise.all(
    Object.entries(starters).map(async ([variable, start]) => {
      const emulator = await start();
      process.env[variable] = emulator.endpoint;
      return emulator;
    }),
  );
  return async () => void (await Promise.all(emulators.map(({ stop }) => stop())));
};

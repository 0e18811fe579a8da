import { startAzurite } from './azure.ts';

const variables = { blobs: 'HYBRID_TEST_AZURITE_BLOBS', queues: 'HYBRID_TEST_AZURITE_QUEUES' } as const;

/** The URL of azurite's account, of its blobs or queues. A test that needs it runs under `npm run test:emulators`. */
export const azurite = (service: keyof typeof variables): string => process.env[variables[service]] ?? '';

/** Once before all tests of Azure. The processes of the tests begin later, with the certificate among those that they trust. */
export const setup = async (): Promise<() => Promise<void>> => {
  const emulator = await startAzurite();
  process.env[variables.blobs] = emulator.blobs;
  process.env[variables.queues] = emulator.queues;
  process.env.NODE_EXTRA_CA_CERTS = emulator.certificate;
  return emulator.stop;
};

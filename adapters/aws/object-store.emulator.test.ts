import { setTimeout as sleep } from 'node:timers/promises';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { s3ObjectStore } from './object-store.ts';
import { emulatedClient, makeBucket } from './test-emulator.ts';

objectStoreConformance('ministack', async () => {
  const client = emulatedClient();
  return {
    store: s3ObjectStore({ client, bucket: await makeBucket(client) }),
    request: fetch,
    elapse: (seconds) => sleep(seconds * 1000),
    close: async () => undefined,
  };
});

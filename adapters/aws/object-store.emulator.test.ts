import { setTimeout as sleep } from 'node:timers/promises';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { s3ObjectStore } from './object-store.ts';
import { makeBucket } from './test-emulator.ts';
import { emulatorClient } from './test-tables.ts';

objectStoreConformance('ministack', async () => {
  const client = emulatorClient('ministack');
  return {
    store: s3ObjectStore({ client, bucket: await makeBucket(client) }),
    request: fetch,
    elapse: (seconds) => sleep(seconds * 1000),
    close: async () => undefined,
  };
});

import { setTimeout as sleep } from 'node:timers/promises';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { systemClock } from '../system/system-clock.ts';
import { cloudObjectStore } from './object-store.ts';
import { makeBucket, sendSigned, testSigner } from './test-buckets.ts';
import { emulatorClient } from './test-emulator.ts';

objectStoreConformance('fake-gcs-server', async () => {
  const client = emulatorClient();
  return {
    store: cloudObjectStore({ client, bucket: await makeBucket(client), clock: systemClock, signer: testSigner() }),
    request: sendSigned,
    elapse: (seconds) => sleep(seconds * 1000),
    close: async () => undefined,
  };
});

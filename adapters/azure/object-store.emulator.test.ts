import { setTimeout as sleep } from 'node:timers/promises';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { systemClock } from '../system/system-clock.ts';
import { blobObjectStore } from './object-store.ts';
import { identifiedClient, makeContainer } from './test-azurite.ts';

const { client } = identifiedClient();

objectStoreConformance('azurite', async () => ({
  store: blobObjectStore({ client: client(), containerUrl: await makeContainer(), clock: systemClock }),
  request: fetch,
  elapse: (seconds) => sleep(seconds * 1000),
  close: async () => undefined,
}));

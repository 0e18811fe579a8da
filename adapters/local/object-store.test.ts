import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectStoreConformance } from '../conformance/object-store.ts';
import { localObjectStore } from './object-store.ts';
import { serveObject } from './serve-object.ts';

objectStoreConformance('the laptop', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'object-store-'));
  const signingKey = randomBytes(32);
  let now = Date.parse('2026-01-01T12:00:00.500Z');
  const clock = { now: () => new Date(now) };
  const store = localObjectStore({ folder, name: 'artifacts', baseUrl: () => 'http://127.0.0.1:8080', signingKey, clock });
  return {
    store,
    request: (request) =>
      serveObject((name) => (name === 'artifacts' ? store : undefined), request, { signingKey, now: clock.now(), maxBytes: 1024 ** 2 }),
    elapse: async (seconds) => {
      now += seconds * 1000;
    },
    close: () => rm(folder, { recursive: true }),
  };
});

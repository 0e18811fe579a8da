import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelHostConformance } from '../conformance/model-host.ts';
import { chunks } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { cloudRunModelHost } from './model-host.ts';
import { cloudObjectStore } from './object-store.ts';
import { makeBucket } from './test-buckets.ts';
import { emulatorClient } from './test-emulator.ts';

const models = fileURLToPath(new URL('../conformance/models', import.meta.url));

modelHostConformance('fake-gcs-server', async () => {
  const client = emulatorClient();
  const artifacts = cloudObjectStore({ client, bucket: await makeBucket(client), clock: systemClock });
  for (const name of readdirSync(models)) await artifacts.put(name, chunks(readFileSync(join(models, name))));
  const folder = mkdtempSync(join(tmpdir(), 'model-host-'));
  const host = cloudRunModelHost({ artifacts, folder });
  const close = async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  };
  return { host, close };
});

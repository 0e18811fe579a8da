import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelHostConformance } from '../conformance/model-host.ts';
import { chunks } from '../conformance/object-store-harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { functionModelHost } from './model-host.ts';
import { blobObjectStore } from './object-store.ts';
import { identifiedClient, makeContainer } from './test-azurite.ts';

const { client } = identifiedClient();

const models = fileURLToPath(new URL('../conformance/models', import.meta.url));

modelHostConformance('azurite', async () => {
  const artifacts = blobObjectStore({ client: client(), containerUrl: await makeContainer(), clock: systemClock });
  for (const name of readdirSync(models)) await artifacts.put(name, chunks(readFileSync(join(models, name))));
  const folder = mkdtempSync(join(tmpdir(), 'model-host-'));
  const host = functionModelHost({ artifacts, environment: {}, folder });
  const close = async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  };
  return { host, close };
});

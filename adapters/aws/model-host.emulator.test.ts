import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelHostConformance } from '../conformance/model-host.ts';
import { chunks } from '../conformance/object-store-harness.ts';
import { lambdaModelHost } from './model-host.ts';
import { s3ObjectStore } from './object-store.ts';
import { makeBucket } from './test-emulator.ts';
import { emulatorClient } from './test-tables.ts';

const models = fileURLToPath(new URL('../conformance/models', import.meta.url));

modelHostConformance('ministack', async () => {
  const client = emulatorClient('ministack');
  const artifacts = s3ObjectStore({ client, bucket: await makeBucket(client) });
  for (const name of readdirSync(models)) await artifacts.put(name, chunks(readFileSync(join(models, name))));
  const folder = mkdtempSync(join(tmpdir(), 'model-host-'));
  const host = lambdaModelHost({ artifacts, environment: {}, folder });
  const close = async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  };
  return { host, close };
});

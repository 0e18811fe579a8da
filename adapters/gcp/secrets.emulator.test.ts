import { randomUUID } from 'node:crypto';
import { secretsConformance } from '../conformance/secrets.ts';
import { systemClock } from '../system/system-clock.ts';
import { managedSecrets } from './secrets.ts';
import { secretManager } from './services.ts';
import { emulatorClient } from './test-emulator.ts';

secretsConformance('drongo', async () => {
  const client = emulatorClient();
  const secretId = `secret-${randomUUID()}`;
  const json = { replication: { automatic: {} } };
  await client.call(secretManager, { operation: 'CreateSecret', path: `/v1/projects/project/secrets?secretId=${secretId}`, json });
  const open = () => managedSecrets({ client, secret: `projects/project/secrets/${secretId}`, clock: systemClock });
  return { secrets: open(), reopen: async () => open(), close: async () => undefined };
});

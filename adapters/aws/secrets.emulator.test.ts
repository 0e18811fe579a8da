import { randomUUID } from 'node:crypto';
import { secretsConformance } from '../conformance/secrets.ts';
import { systemClock } from '../system/system-clock.ts';
import { managedSecrets } from './secrets.ts';
import { secretsManager } from './services.ts';
import { emulatorClient } from './test-tables.ts';

secretsConformance('ministack', async () => {
  const client = emulatorClient('ministack');
  const secretId = `secret-${randomUUID()}`;
  await client.call(secretsManager, 'CreateSecret', { Name: secretId, ClientRequestToken: randomUUID() });
  const open = () => managedSecrets({ client, secretId, clock: systemClock });
  return { secrets: open(), reopen: async () => open(), close: async () => undefined };
});

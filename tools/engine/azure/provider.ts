import type { Kind } from '../provider/kind.ts';
import { type ProviderOptions, startProvider } from '../provider/provider.ts';
import type { EmulatedProvider, Records } from '../provider/records.ts';
import { blob } from './blob.ts';
import { blobContainer } from './blob-container.ts';
import { cosmosAccount } from './cosmos-account.ts';
import { cosmosContainer } from './cosmos-container.ts';
import { cosmosDatabase } from './cosmos-database.ts';
import { cosmosRoleAssignment, cosmosRoleDefinition } from './cosmos-role.ts';
import { deployment } from './deployment.ts';
import { recordSet } from './dns.ts';
import { eventSubscription } from './event-subscription.ts';
import { frontDoorKinds } from './front-door.ts';
import { userAssignedIdentity } from './identity.ts';
import { answerTo } from './outputs.ts';
import { recorded } from './recorded.ts';
import { resourceGroup } from './resource-group.ts';
import { roleAssignment } from './role-assignment.ts';
import { secret } from './secret.ts';
import { storageAccount } from './storage-account.ts';
import { storageQueue } from './storage-queue.ts';
import type { Subscription } from './subscription.ts';
import { topic } from './topic.ts';
import { vault } from './vault.ts';
import { webApp } from './web-app.ts';

const kinds: readonly ((subscription: Subscription) => Kind)[] = [
  ...[resourceGroup, storageAccount, blobContainer, blob, storageQueue],
  ...[cosmosAccount, cosmosDatabase, cosmosContainer, cosmosRoleDefinition, cosmosRoleAssignment],
  ...[topic, eventSubscription, vault, secret, userAssignedIdentity, roleAssignment, webApp],
  ...[...frontDoorKinds, recordSet],
];

/** A provider of the `azure-native` package that makes on emulators and fakes what it is asked for. */
export const startAzureProvider = async (subscription: Subscription, options: ProviderOptions): Promise<EmulatedProvider> => {
  const records: Records = new Map();
  const known = new Map([...kinds.map((kind) => kind(subscription)), deployment(subscription, records)].map((kind) => [kind.type, kind]));
  const listening = await startProvider({
    version: '3.28.0',
    kindOf: (type) => known.get(type) ?? recorded(type, records),
    invoke: async (token) => answerTo(token),
    ...options,
  });
  return { ...listening, records };
};

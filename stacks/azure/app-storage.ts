import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { interpolate, type Resource } from '@pulumi/pulumi';
import type { Access } from './access.ts';
import type { Home } from './component.ts';
import { storageOf } from './names.ts';
import { Storage, type StorageArgs } from './storage.ts';

export type AppStorageArgs = {
  readonly home: Home;
  readonly context: string;
  readonly enableZones: boolean;
  readonly transform?: StorageArgs['transform'];
};

/** An app's own account: its packages, and what the runtime of Azure Functions keeps for itself. `access` is what the app needs there. */
export type AppStorage = { readonly storage: Storage; readonly access: readonly Access[] };

/**
 * The runtime keeps the keys that open an app's `/admin` endpoints in the container `azure-webjobs-secrets`, and its locks in `azure-webjobs-hosts`:
 * these names nobody can choose. In an account for all, whoever got into one app could write the keys of another, so that each app has its own, which
 * is what Microsoft recommends anyway (https://learn.microsoft.com/azure/azure-functions/storage-considerations).
 */
export const makeAppStorage = (name: string, { home, context, enableZones, transform }: AppStorageArgs, parent: Resource): AppStorage => {
  const made = { home, context, enableZones, expiries: [], protectsData: false, transform };
  const storage = new Storage(storageOf(name), made, { parent });
  const container = (kind: 'hosts' | 'secrets'): Access => {
    const kept = { resourceGroupName: home.resourceGroupName, accountName: storage.accountName, publicAccess: 'None' as const };
    const of = `azure-webjobs-${kind}`;
    // The runtime would make them itself, with a role on the whole account.
    const { name: containerName } = new BlobContainer(`${name}-webjobs-${kind}`, { ...kept, containerName: of }, { parent: storage });
    return { of, role: 'blob-contributor', scope: interpolate`${storage.id}/blobServices/default/containers/${containerName}` };
  };
  return { storage, access: [container('hosts'), container('secrets')] };
};

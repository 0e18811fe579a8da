import { BlobContainer } from '@pulumi/azure-native/storage/blobContainer.js';
import { type Input, interpolate } from '@pulumi/pulumi';
import type { Access } from './access.ts';
import type { Home } from './component.ts';
import type { Logs } from './logs.ts';
import type { Storage } from './storage.ts';

/** What every app has alike: where its telemetry goes, and the containers that the runtime of Azure Functions keeps locks and its own keys in. */
export type Runtime = { readonly settings: { readonly [name: string]: Input<string> }; readonly access: readonly Access[] };

export const makeRuntime = (home: Home, storage: Storage, logs: Logs): Runtime => {
  const container = (name: 'azure-webjobs-hosts' | 'azure-webjobs-secrets'): Access => {
    const { resourceGroupName } = home;
    const made = { resourceGroupName, accountName: storage.accountName, containerName: name, publicAccess: 'None' as const };
    // The runtime would make them itself, with a role on the whole account.
    const { name: containerName } = new BlobContainer(name, made, { parent: storage });
    return { of: name, role: 'blob-contributor', scope: interpolate`${storage.id}/blobServices/default/containers/${containerName}` };
  };
  return {
    settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: logs.connectionString },
    access: [
      container('azure-webjobs-hosts'),
      container('azure-webjobs-secrets'),
      { of: 'telemetry', role: 'metrics-publisher', scope: logs.componentId },
    ],
  };
};

const storage = 'Microsoft.Storage/storageAccounts';
const blobs = `${storage}/blobServices/containers/blobs`;
const messages = `${storage}/queueServices/queues/messages`;
const secrets = 'Microsoft.KeyVault/vaults/secrets';

/**
 * What roles that Azure itself defines allow, by their ids, as far as functions ask for it
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). `*` stands for anything behind it.
 */
export const builtInRoles: { readonly [id: string]: { readonly name: string; readonly actions: readonly string[] } } = {
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': { name: 'Storage Blob Data Reader', actions: [`${blobs}/read`] },
  'ba92f5b4-2d11-453d-a403-e95b0029c9fe': {
    name: 'Storage Blob Data Contributor',
    actions: ['read', 'write', 'delete', 'move/action', 'add/action'].map((verb) => `${blobs}/${verb}`),
  },
  'db58b8e5-c6ad-4a2a-8342-4190687cbf4a': {
    name: 'Storage Blob Delegator',
    actions: [`${storage}/blobServices/generateUserDelegationKey/action`],
  },
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': { name: 'Storage Queue Data Message Sender', actions: [`${messages}/add/action`] },
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': {
    name: 'Storage Queue Data Contributor',
    actions: ['read', 'write', 'delete', 'process/action'].map((verb) => `${messages}/${verb}`),
  },
  'd5a91429-5739-47e2-a06b-3470a27159e7': { name: 'EventGrid Data Sender', actions: ['Microsoft.EventGrid/events/send/action'] },
  '4633458b-17de-408a-874b-0445c86b69e6': {
    name: 'Key Vault Secrets User',
    actions: [`${secrets}/getSecret/action`, `${secrets}/readMetadata/action`],
  },
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': { name: 'Key Vault Secrets Officer', actions: [`${secrets}/*`] },
  'e147488a-f6f5-4113-8e2d-b22465e65bf6': { name: 'Key Vault Crypto Service Encryption User', actions: [] },
  '3913510d-42f4-4e42-8a64-420c390055eb': { name: 'Monitoring Metrics Publisher', actions: ['Microsoft.Insights/Telemetry/Write'] },
};

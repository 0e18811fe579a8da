/**
 * Roles of Azure by their ids, and what the narrowest scope is called that each makes sense on. A role that is not here nobody may be assigned:
 * Owner, Contributor and whatever else reaches more than one resource among them.
 */
export const narrowRoles: { readonly [id: string]: { readonly name: string; readonly on: RegExp } } = {
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': { name: 'Storage Blob Data Reader', on: /\/blobServices\/default\/containers\/[^/]+$/ },
  'ba92f5b4-2d11-453d-a403-e95b0029c9fe': { name: 'Storage Blob Data Contributor', on: /\/blobServices\/default\/containers\/[^/]+$/ },
  'db58b8e5-c6ad-4a2a-8342-4190687cbf4a': { name: 'Storage Blob Delegator', on: /\/storageAccounts\/[^/]+$/ },
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': { name: 'Storage Queue Data Message Sender', on: /\/queueServices\/default\/queues\/[^/]+$/ },
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': { name: 'Storage Queue Data Contributor', on: /\/queueServices\/default\/queues\/[^/]+$/ },
  'd5a91429-5739-47e2-a06b-3470a27159e7': { name: 'EventGrid Data Sender', on: /\/topics\/[^/]+$/ },
  '4633458b-17de-408a-874b-0445c86b69e6': { name: 'Key Vault Secrets User', on: /\/vaults\/[^/]+\/secrets\/[^/]+$/ },
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': { name: 'Key Vault Secrets Officer', on: /\/vaults\/[^/]+\/secrets\/[^/]+$/ },
  'e147488a-f6f5-4113-8e2d-b22465e65bf6': { name: 'Key Vault Crypto Service Encryption User', on: /\/vaults\/[^/]+\/keys\/[^/]+$/ },
  '3913510d-42f4-4e42-8a64-420c390055eb': { name: 'Monitoring Metrics Publisher', on: /\/components\/[^/]+$/i },
};

export const roleIn = (roleDefinitionId: string): string => roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? '';

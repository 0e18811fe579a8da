import { type Input, interpolate } from '@pulumi/pulumi';

/** Roles that Azure itself defines (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles), each the narrowest of its kind. */
export const builtInRoles = {
  'blob-reader': '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  'blob-contributor': 'ba92f5b4-2d11-453d-a403-e95b0029c9fe',
  /** To have URLs signed by a key that Entra ID stands behind; the URLs reach no further than whoever asked for the key. */
  'blob-delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a',
  'queue-sender': 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
  /** To receive, and to hide for a time of one's own what failed (`messages/write`), which the narrower processor may not. */
  'queue-contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  'event-sender': 'd5a91429-5739-47e2-a06b-3470a27159e7',
  'secret-reader': '4633458b-17de-408a-874b-0445c86b69e6',
  'secret-officer': 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  'key-user': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  'metrics-publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
} as const;

export type BuiltInRole = keyof typeof builtInRoles;

export const builtInRoleId = (subscriptionId: Input<string>, role: BuiltInRole) =>
  interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles[role]}`;

import { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js';
import type { Input, Output, Resource as PulumiResource } from '@pulumi/pulumi';
import { type Home, placed, tagsOf } from './component.ts';
import { Key } from './key.ts';
import { assign } from './role.ts';
import type { Transforms } from './transforms.ts';
import type { Vault } from './vault.ts';

/** A key of the stack's own, and the identity that a service uses it with. */
export type EncryptedBy = {
  readonly keyName: Input<string>;
  readonly keyUri: Input<string>;
  readonly vaultUri: Input<string>;
  readonly identityId: Output<string>;
};

/** What the stack's own keys are for: one compromised or deleted key does not take the rest along. */
export type KeyName = 'tables' | 'objects';
/** Empty where Microsoft's keys do. */
export type Keys = { readonly [name in KeyName]?: EncryptedBy };

export type KeysArgs = {
  readonly home: Home;
  readonly vault: Vault;
  readonly subscriptionId: Input<string>;
  readonly protectsData: boolean;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

export const makeKeys = ({ home, vault, subscriptionId, protectsData, transforms, parent }: KeysArgs): Keys => {
  const key = (name: KeyName): EncryptedBy => {
    const made = new Key(name, { home, vault, protectsData, transform: transforms.key?.[name] }, { parent });
    const identity = new UserAssignedIdentity(`${name}-key-identity`, { ...placed(home), tags: tagsOf(home, 'platform') }, { parent });
    const assignment = assign(
      `${name}-key-user`,
      { subscriptionId, role: 'key-user', scope: made.id, principalId: identity.principalId },
      parent,
    );
    // Whoever encrypts with the key may do so only once it is let: its identity is not told before.
    const identityId = assignment.id.apply(() => identity.id);
    return { keyName: made.keyName, keyUri: made.uri, vaultUri: vault.uri, identityId };
  };
  return { tables: key('tables'), objects: key('objects') };
};

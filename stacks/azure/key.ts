import { Key as VaultKey, type KeyArgs as VaultKeyArgs } from '@pulumi/azure-native/keyvault/key.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';
import type { Vault } from './vault.ts';

export type KeyArgs = {
  readonly home: Home;
  readonly vault: Vault;
  readonly protectsData: boolean;
  readonly transform?: TransformEach<{ key: VaultKeyArgs }> | undefined;
};

/** A key of the stack's own, turned over every year. Services find its newest version by themselves. */
export class Key extends ComponentResource {
  readonly id: Output<string>;
  readonly keyName: Output<string>;
  /** Without a version. */
  readonly uri: Output<string>;

  constructor(name: string, { home, vault, protectsData, transform }: KeyArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Key', name, {}, options);
    const made: VaultKeyArgs = {
      resourceGroupName: home.resourceGroupName,
      vaultName: vault.vaultName,
      keyName: name,
      properties: {
        kty: 'RSA',
        keySize: 3072,
        keyOps: ['wrapKey', 'unwrapKey'],
        rotationPolicy: {
          lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }],
          attributes: { expiryTime: 'P2Y' },
        },
      },
      tags: tagsOf(home, 'platform'),
    };
    const key = new VaultKey(`${name}-key`, transformed(made, transform?.key), { parent: this, ...ofData(protectsData) });
    this.id = interpolate`${vault.id}/keys/${key.name}`;
    this.keyName = key.name;
    this.uri = key.keyUri;
    this.registerOutputs({ keyName: this.keyName });
  }
}

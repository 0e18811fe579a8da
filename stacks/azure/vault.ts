import { Vault as KeyVault, type VaultArgs as KeyVaultArgs } from '@pulumi/azure-native/keyvault/vault.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';

export type VaultArgs = {
  readonly home: Home;
  readonly tenantId: Input<string>;
  /** Whether keys lie in it that data is encrypted with: services of Azure take none from a vault that could be purged. */
  readonly keepsKeys: boolean;
  readonly protectsData: boolean;
  readonly transform?: TransformEach<{ vault: KeyVaultArgs }> | undefined;
};

/** Where secrets and keys are, each granted by itself. What is deleted can be had back; where data is protected, nobody can make it go sooner. */
export class Vault extends ComponentResource {
  readonly id: Output<string>;
  readonly vaultName: Output<string>;
  readonly uri: Output<string>;

  constructor(name: string, { home, tenantId, keepsKeys, protectsData, transform }: VaultArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Vault', name, {}, options);
    const made: KeyVaultArgs = {
      ...placed(home),
      properties: {
        tenantId,
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: protectsData ? 90 : 7,
        // Once it is on nobody can switch it off, so that it is left out where a stack is torn down and made again.
        ...(keepsKeys || protectsData ? { enablePurgeProtection: true } : {}),
      },
      tags: tagsOf(home, 'platform'),
    };
    const vault = new KeyVault(name, transformed(made, transform?.vault), { parent: this, ...ofData(protectsData) });
    this.id = vault.id;
    this.vaultName = vault.name;
    this.uri = vault.properties.apply(({ vaultUri }) => vaultUri ?? '');
    this.registerOutputs({ vaultName: this.vaultName });
  }
}

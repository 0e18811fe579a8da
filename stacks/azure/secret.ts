import { Secret as VaultSecret, type SecretArgs as VaultSecretArgs } from '@pulumi/azure-native/keyvault/secret.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output, secret } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';
import type { Vault } from './vault.ts';

export type SecretArgs = {
  readonly home: Home;
  readonly vault: Vault;
  readonly context: string;
  /** What the secret holds at first. */
  readonly value: Input<string>;
  readonly contentType: 'application/json' | 'text/plain';
  readonly protectsData: boolean;
  readonly transform?: TransformEach<{ secret: VaultSecretArgs }> | undefined;
};

/** A secret of the vault. `url` leads to its newest version. */
export class Secret extends ComponentResource {
  readonly id: Output<string>;
  readonly url: Output<string>;

  constructor(name: string, args: SecretArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Secret', name, {}, options);
    const { home, vault, context, value, contentType, protectsData, transform } = args;
    const made: VaultSecretArgs = {
      resourceGroupName: home.resourceGroupName,
      vaultName: vault.vaultName,
      secretName: name,
      properties: { value: secret(value), contentType },
      tags: tagsOf(home, context),
    };
    const kept = new VaultSecret(`${name}-secret`, transformed(made, transform?.secret), { parent: this, ...ofData(protectsData) });
    this.id = interpolate`${vault.id}/secrets/${kept.name}`;
    this.url = interpolate`${vault.uri}secrets/${kept.name}`;
    this.registerOutputs({ url: this.url });
  }
}

import { CryptoKey, type CryptoKeyArgs } from '@pulumi/gcp/kms/cryptoKey.js';
import { CryptoKeyIAMMember } from '@pulumi/gcp/kms/cryptoKeyIAMMember.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { ofData, type Transform, transformed } from '../component.ts';
import { days } from './component.ts';

export type KeyArgs = {
  readonly keyRing: Input<string>;
  /** Google's own services that encrypt with it on the project's behalf, by a name of each: functions never touch a key themselves. */
  readonly users: { readonly [name: string]: Input<string> };
  readonly protectsData: boolean;
  readonly transform?: { readonly key?: Transform<CryptoKeyArgs> } | undefined;
};

/** A key of the stack's own, turned over every 90 days. */
export class Key extends ComponentResource {
  /** Known to whoever waits for `users`. */
  readonly keyName: Output<string>;
  readonly users: readonly PulumiResource[];

  constructor(name: string, args: KeyArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Key', name, {}, options);
    const made: CryptoKeyArgs = { keyRing: args.keyRing, rotationPeriod: days(90), destroyScheduledDuration: days(30) };
    const key = new CryptoKey(`${name}-key`, transformed(made, args.transform?.key), { parent: this, ...ofData(args.protectsData) });
    this.users = Object.entries(args.users).map(
      ([user, member]) =>
        new CryptoKeyIAMMember(
          `${name}-key-${user}`,
          { cryptoKeyId: key.id, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member },
          { parent: this },
        ),
    );
    this.keyName = key.id;
    this.registerOutputs({ keyName: this.keyName });
  }
}

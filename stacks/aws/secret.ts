import { Secret as ManagedSecret, type SecretArgs as ManagedSecretArgs } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion, type SecretVersionArgs } from '@pulumi/aws/secretsmanager/secretVersion.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output, secret } from '@pulumi/pulumi';
import { contextTag, ofData, type Transform, transformed } from './component.ts';

export type SecretArgs = {
  readonly context: string;
  /** What the secret holds at first. */
  readonly values: { readonly [name: string]: Input<string> };
  readonly keyArn?: Input<string> | undefined;
  readonly protectsData: boolean;
  readonly transform?: { readonly secret?: Transform<ManagedSecretArgs>; readonly version?: Transform<SecretVersionArgs> } | undefined;
};

/** All secrets of a context, as one JSON object: they are paid by the piece. */
export class Secret extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: SecretArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Secret', name, {}, options);
    const kept: ManagedSecretArgs = {
      description: `Secrets of ${args.context}, as one JSON object`,
      recoveryWindowInDays: args.protectsData ? 30 : 7,
      ...(args.keyArn === undefined ? {} : { kmsKeyId: args.keyArn }),
      tags: contextTag(args.context),
    };
    const managed = new ManagedSecret(`${name}-secret`, transformed(kept, args.transform?.secret), {
      parent: this,
      ...ofData(args.protectsData),
    });
    const version: SecretVersionArgs = { secretId: managed.id, secretString: secret(jsonStringify(args.values)) };
    new SecretVersion(`${name}-version`, transformed(version, args.transform?.version), { parent: this });
    this.arn = managed.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

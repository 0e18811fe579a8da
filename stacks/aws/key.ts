import { Alias, type AliasArgs } from '@pulumi/aws/kms/alias.js';
import { Key as KmsKey, type KeyArgs as KmsKeyArgs } from '@pulumi/aws/kms/key.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, type Statement, type Transform, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

export type KeyArgs = {
  readonly description: string;
  readonly accountId: Input<string>;
  /** What lets services of AWS encrypt on the account's behalf without a role of ours. */
  readonly users?: readonly Statement[];
  readonly protectsData: boolean;
  readonly transform?: { readonly key?: Transform<KmsKeyArgs>; readonly alias?: Transform<AliasArgs> } | undefined;
};

/** A key of the stack's own, turned over every year. Who may use it, the account's roles say; services only for this account. */
export class Key extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: KeyArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Key', name, {}, options);
    const made: KmsKeyArgs = {
      description: args.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument([byAccount(args.accountId), ...(args.users ?? [])]),
    };
    const key = new KmsKey(`${name}-key`, transformed(made, args.transform?.key), { parent: this, ...ofData(args.protectsData) });
    new Alias(`${name}-alias`, transformed<AliasArgs>({ targetKeyId: key.id }, args.transform?.alias), { parent: this });
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

// In a key's policy "*" is the key itself, and the account's root stands for what roles of the account are granted.
const byAccount = (accountId: Input<string>): Statement => ({
  Sid: 'ByAccount',
  Effect: 'Allow',
  Principal: { AWS: interpolate`arn:aws:iam::${accountId}:root` },
  Action: ['kms:*'],
  Resource: '*',
});

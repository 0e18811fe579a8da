import { Alias, type AliasArgs } from '@pulumi/aws/kms/alias.js';
import { Key as KmsKey, type KeyArgs as KmsKeyArgs } from '@pulumi/aws/kms/key.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, pascalCase, type Statement, type Transform, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

export type KeyArgs = {
  readonly description: string;
  readonly accountId: Input<string>;
  /** Services of AWS that encrypt on the account's behalf without a role of ours. */
  readonly services?: readonly string[];
  /** The region whose logs are encrypted with it. */
  readonly logsOf?: string;
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
      policy: policyDocument([
        byAccount(args.accountId),
        ...(args.services ?? []).map((service) => byService(service, args.accountId)),
        ...(args.logsOf === undefined ? [] : [byLogs(args.logsOf, args.accountId)]),
      ]),
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

const byService = (service: string, accountId: Input<string>): Statement => ({
  Sid: `By${pascalCase(service)}`,
  Effect: 'Allow',
  Principal: { Service: service },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
});

// CloudWatch Logs names no account, but the log groups that it encrypts for.
const byLogs = (region: string, accountId: Input<string>): Statement => ({
  Sid: 'ByLogs',
  Effect: 'Allow',
  Principal: { Service: `logs.${region}.amazonaws.com` },
  Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'],
  Resource: '*',
  Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': interpolate`arn:aws:logs:${region}:${accountId}:log-group:*` } },
});

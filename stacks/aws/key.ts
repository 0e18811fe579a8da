import { Alias, type AliasArgs } from '@pulumi/aws/kms/alias.js';
import { Key as KmsKey, type KeyArgs as KmsKeyArgs } from '@pulumi/aws/kms/key.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, pascalCase, type Statement, type Transform, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

export type KeyArgs = {
  readonly description: string;
  readonly accountId: Input<string>;
  /** Services of AWS that encrypt on the account's behalf without a role of ours, and what they do with the key. */
  readonly services?: { readonly [service: string]: readonly string[] };
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
        ...Object.entries(args.services ?? {}).flatMap(([service, actions]) => [
          seenBy(service),
          byService(service, actions, args.accountId),
        ]),
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

// A service looks at a key before it does anything for somebody (AWS's own examples ask no condition here), and sees no more than what it is.
const seenBy = (service: string): Statement => ({
  Sid: `SeenBy${pascalCase(service)}`,
  Effect: 'Allow',
  Principal: { Service: service },
  Action: ['kms:DescribeKey'],
  Resource: '*',
});

const byService = (service: string, actions: readonly string[], accountId: Input<string>): Statement => ({
  Sid: `By${pascalCase(service)}`,
  Effect: 'Allow',
  Principal: { Service: service },
  Action: actions,
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

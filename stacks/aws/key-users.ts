import { type Input, interpolate } from '@pulumi/pulumi';
import type { Statement } from './component.ts';

type Account = { readonly region: string; readonly accountId: Input<string> };

const by = (name: string, service: string, actions: readonly string[], condition?: Statement['Condition']): Statement => ({
  Sid: `By${name}`,
  Effect: 'Allow',
  Principal: { Service: service },
  Action: actions,
  // In a key's policy "*" is the key itself.
  Resource: '*',
  ...(condition === undefined ? {} : { Condition: condition }),
});

const events = 'events.amazonaws.com';
const encrypting = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * EventBridge with buses, archives and encrypted queues of the account. What it encrypts for says whom it acts for: to a key it does not name the
 * account when it delivers (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html), and nothing would arrive.
 */
export const eventsMayUse = ({ region, accountId }: Account): readonly Statement[] => [
  by('EventsToLook', events, ['kms:DescribeKey']),
  by('EventsForQueues', events, encrypting, {
    ArnLike: { 'kms:EncryptionContext:aws:sqs:arn': interpolate`arn:aws:sqs:${region}:${accountId}:*` },
  }),
  // An archive encrypts anew what the bus had encrypted.
  by('EventsForBuses', events, [...encrypting, 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], {
    ArnLike: { 'kms:EncryptionContext:aws:events:event-bus:arn': interpolate`arn:aws:events:${region}:${accountId}:event-bus/*` },
  }),
];

/** CloudWatch, to tell an encrypted topic of alarms. */
export const alarmsMayUse = ({ accountId }: Account): Statement =>
  by('Alarms', 'cloudwatch.amazonaws.com', encrypting, { StringEquals: { 'aws:SourceAccount': accountId } });

/** CloudWatch Logs names no account, but the log groups that it encrypts for. */
export const logsMayUse = ({ region, accountId }: Account): Statement =>
  by(
    'Logs',
    `logs.${region}.amazonaws.com`,
    ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'],
    { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': interpolate`arn:aws:logs:${region}:${accountId}:log-group:*` } },
  );

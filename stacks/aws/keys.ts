import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import type { KeyUsed } from './grant-actions.ts';
import { Key, type KeyArgs } from './key.ts';
import type { Transforms } from './transforms.ts';

/** What the stack's own keys are for: one compromised or deleted key does not take the rest along. */
export type KeyName = 'data' | 'messages' | 'secrets' | 'logs';
/** Empty where AWS's keys do. */
export type Keys = { readonly [name in KeyName]?: KeyUsed };

export type KeysArgs = {
  readonly accountId: Input<string>;
  readonly region: string;
  readonly protectsData: boolean;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

const encrypting = ['kms:Decrypt', 'kms:GenerateDataKey'];
/** Whoever puts something into an encrypted queue, bus or topic on the account's behalf has to be able to encrypt it. */
const services = {
  // The archive takes events over from the bus under its own key.
  'events.amazonaws.com': [...encrypting, 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  'cloudwatch.amazonaws.com': encrypting,
};

export const makeKeys = ({ parent, region, transforms, ...shared }: KeysArgs): Keys => {
  const key = (name: KeyName, description: string, rest: Pick<KeyArgs, 'services' | 'logsOf'> = {}): KeyUsed => ({
    name,
    arn: new Key(name, { ...shared, description, ...rest, transform: transforms.key?.[name] }, { parent }).arn,
  });
  return {
    data: key('data', 'Tables and objects'),
    messages: key('messages', 'Queues, the bus and alarms', { services }),
    secrets: key('secrets', 'Secrets'),
    logs: key('logs', 'Logs', { logsOf: region }),
  };
};

export const keysIn = (key: KeyUsed | undefined): readonly KeyUsed[] => (key === undefined ? [] : [key]);

import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import type { Statement } from './component.ts';
import type { KeyUsed } from './grants.ts';
import { Key } from './key.ts';
import { alarmsMayUse, eventsMayUse, logsMayUse } from './key-users.ts';
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

export const makeKeys = ({ parent, region, transforms, ...shared }: KeysArgs): Keys => {
  const account = { region, accountId: shared.accountId };
  const key = (name: KeyName, description: string, users: readonly Statement[] = []): KeyUsed => ({
    name,
    arn: new Key(name, { ...shared, description, users, transform: transforms.key?.[name] }, { parent }).arn,
  });
  return {
    data: key('data', 'Tables and objects'),
    messages: key('messages', 'Queues, the bus and alarms', [...eventsMayUse(account), alarmsMayUse(account)]),
    secrets: key('secrets', 'Secrets'),
    logs: key('logs', 'Logs', [logsMayUse(account)]),
  };
};

export const keysIn = (key: KeyUsed | undefined): readonly KeyUsed[] => (key === undefined ? [] : [key]);

import {
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Filtered = {
  id: z.string().optional(),
  events: z.array(z.string()),
  filterPrefix: z.string().optional(),
  filterSuffix: z.string().optional(),
};
const Inputs = z.object({
  bucket: z.string(),
  /** Whether the account's default bus hears of every object. */
  eventbridge: z.boolean().optional(),
  queues: z.array(z.object({ queueArn: z.string(), ...Filtered })).default([]),
  lambdaFunctions: z.array(z.object({ lambdaFunctionArn: z.string().optional(), ...Filtered })).default([]),
});
type Inputs = z.output<typeof Inputs>;
type Rule = { id?: string | undefined; events: string[]; filterPrefix?: string | undefined; filterSuffix?: string | undefined };

const ruleOf = ({ id, events, filterPrefix, filterSuffix }: Rule) => {
  const filters = [
    { Name: 'prefix' as const, Value: filterPrefix },
    { Name: 'suffix' as const, Value: filterSuffix },
  ].filter(({ Value }) => Value !== undefined);
  return { Id: id, Events: events as Event[], ...(filters.length > 0 && { Filter: { Key: { FilterRules: filters } } }) };
};

const configurationOf = ({ eventbridge, queues, lambdaFunctions }: Inputs): NotificationConfiguration => ({
  ...(eventbridge && { EventBridgeConfiguration: {} }),
  QueueConfigurations: queues.map((rule) => ({ QueueArn: rule.queueArn, ...ruleOf(rule) })),
  LambdaFunctionConfigurations: lambdaFunctions.map((rule) => ({ LambdaFunctionArn: rule.lambdaFunctionArn, ...ruleOf(rule) })),
});

export const bucketNotification = ({ s3 }: Clients) => {
  const put = (Bucket: string, NotificationConfiguration: NotificationConfiguration) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  return kind({
    type: 'aws:s3/bucketNotification:BucketNotification',
    inputs: Inputs,
    replacedBy: ['bucket', 'region'],
    computes: [],
    create: async (inputs) => {
      await put(inputs.bucket, configurationOf(inputs));
      return { id: inputs.bucket, computed: {} };
    },
    read: async (id) => {
      const said = await found(s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: id })));
      const isSet = said?.QueueConfigurations ?? said?.LambdaFunctionConfigurations ?? said?.EventBridgeConfiguration;
      return isSet === undefined ? undefined : { computed: {} };
    },
    update: async (id, inputs) => {
      await put(id, configurationOf(inputs));
      return {};
    },
    remove: async (id) => {
      await found(put(id, {}));
    },
  });
};

import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type Computed, kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';

const Inputs = z.object({
  name: z.string(),
  fifoQueue: z.boolean().optional(),
  delaySeconds: z.number().optional(),
  maxMessageSize: z.number().optional(),
  messageRetentionSeconds: z.number().optional(),
  receiveWaitTimeSeconds: z.number().optional(),
  visibilityTimeoutSeconds: z.number().optional(),
  redrivePolicy: z.string().optional(),
  redriveAllowPolicy: z.string().optional(),
  kmsMasterKeyId: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
});
type Inputs = z.output<typeof Inputs>;

const numbers = {
  DelaySeconds: 'delaySeconds',
  MaximumMessageSize: 'maxMessageSize',
  MessageRetentionPeriod: 'messageRetentionSeconds',
  ReceiveMessageWaitTimeSeconds: 'receiveWaitTimeSeconds',
  VisibilityTimeout: 'visibilityTimeoutSeconds',
} as const;
const texts = { RedrivePolicy: 'redrivePolicy', RedriveAllowPolicy: 'redriveAllowPolicy' } as const;
const attributes = { ...numbers, ...texts };

const attributesOf = (inputs: Inputs): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([attribute, property]) => {
      const value = inputs[property];
      return value === undefined ? [] : [[attribute, String(value)]];
    }),
  );

const inputsOf = (said: Record<string, string>): Computed => ({
  ...Object.fromEntries(
    Object.entries(numbers).map(([attribute, property]) => [property, said[attribute] === undefined ? undefined : Number(said[attribute])]),
  ),
  ...Object.fromEntries(Object.entries(texts).map(([attribute, property]) => [property, said[attribute]])),
});

/** A policy that is taken away is set to nothing. */
const takenAway = (inputs: Inputs, state: Inputs): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([attribute, property]) =>
      inputs[property] === undefined && state[property] !== undefined ? [[attribute, '']] : [],
    ),
  );

export const queue = ({ sqs }: Clients) => {
  const describe = async (url: string) =>
    (await found(sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))))?.Attributes;
  const computedOf = (url: string, said: Record<string, string> | undefined) => ({ arn: said?.QueueArn ?? '', url });

  return kind({
    type: 'aws:sqs/queue:Queue',
    inputs: Inputs,
    naming: { property: 'name', longest: 80, ending: ({ fifoQueue }) => (fifoQueue === true ? '.fifo' : '') },
    replacedBy: ['name', 'fifoQueue', 'region'],
    computes: ['arn', 'url'],
    create: async (inputs) => {
      const Attributes = { ...attributesOf(inputs), ...(inputs.fifoQueue && { FifoQueue: 'true' }) };
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: inputs.name, Attributes, tags: inputs.tags }));
      return { id: QueueUrl, computed: computedOf(QueueUrl, await describe(QueueUrl)) };
    },
    read: async (id, state) => {
      const said = await describe(id);
      return said === undefined ? undefined : { inputs: drift(state, inputsOf(said)), computed: computedOf(id, said) };
    },
    update: async (id, inputs, state) => {
      const Attributes = { ...attributesOf(inputs), ...takenAway(inputs, state) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes }));
      return computedOf(id, await describe(id));
    },
    remove: async (id) => {
      await found(sqs.send(new DeleteQueueCommand({ QueueUrl: id })));
    },
  });
};

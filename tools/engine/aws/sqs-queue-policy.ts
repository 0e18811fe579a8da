import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { Policy } from './policy.ts';

const Inputs = z.object({ queueUrl: z.string(), policy: Policy });

export const queuePolicy = ({ sqs }: Clients) => {
  const set = (url: string, policy: string) => sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy: policy } }));
  return kind({
    type: 'aws:sqs/queuePolicy:QueuePolicy',
    inputs: Inputs,
    replacedBy: ['queueUrl'],
    computes: [],
    create: async ({ queueUrl, policy }) => {
      await set(queueUrl, policy);
      return { id: queueUrl, computed: {} };
    },
    read: async (id, state) => {
      const answer = await found(sqs.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ['Policy'] })));
      const said = answer?.Attributes?.Policy;
      return said ? { inputs: drift(state, { policy: said }), computed: {} } : undefined;
    },
    update: async (id, { policy }) => {
      await set(id, policy);
      return {};
    },
    remove: async (id) => {
      await found(set(id, ''));
    },
  });
};

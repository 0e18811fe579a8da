import * as z from 'zod';
import { drift } from '../aws/drift.ts';
import { kind } from '../provider/kind.ts';
import { agentOf } from './project.ts';
import type { World } from './world.ts';

const TopicInputs = z.object({
  name: z.string(),
  messageRetentionDuration: z.string().optional(),
  kmsKeyName: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});
type TopicInputs = z.output<typeof TopicInputs>;

const topicOf = ({ messageRetentionDuration, labels }: TopicInputs) => ({
  labels,
  ...(messageRetentionDuration === undefined ? {} : { messageRetentionDuration }),
});

export const topic = ({ project, pubSub, keys }: World) =>
  kind({
    type: 'gcp:pubsub/topic:Topic',
    inputs: TopicInputs,
    naming: { property: 'name', longest: 255 },
    replacedBy: ['name', 'project', 'kmsKeyName'],
    computes: ['effectiveLabels'],
    recomputes: ['effectiveLabels'],
    create: async (inputs) => {
      const id = `projects/${project.id}/topics/${inputs.name}`;
      if (inputs.kmsKeyName !== undefined) keys.use(inputs.kmsKeyName, agentOf(project, 'gcp-sa-pubsub'), project.region);
      await pubSub('PUT', `/v1/${id}`, topicOf(inputs));
      return { id, computed: { effectiveLabels: inputs.labels } };
    },
    read: async (id, state) => {
      const said = await pubSub<{ labels?: object }>('GET', `/v1/${id}`);
      return said === undefined ? undefined : { computed: { effectiveLabels: state.labels } };
    },
    // The emulator takes no other settings once a topic is there, and acts on none of them.
    update: async (_id, { labels }) => ({ effectiveLabels: labels }),
    remove: async (id) => {
      await pubSub('DELETE', `/v1/${id}`);
    },
  });

const PushConfig = z.object({
  pushEndpoint: z.string(),
  oidcToken: z.object({ serviceAccountEmail: z.string(), audience: z.string() }),
});
const SubscriptionInputs = z.object({
  name: z.string(),
  topic: z.string(),
  filter: z.string().optional(),
  ackDeadlineSeconds: z.number().optional(),
  messageRetentionDuration: z.string().optional(),
  retryPolicy: z.object({ minimumBackoff: z.string().optional(), maximumBackoff: z.string().optional() }).optional(),
  deadLetterPolicy: z.object({ deadLetterTopic: z.string(), maxDeliveryAttempts: z.number() }).optional(),
  pushConfig: PushConfig,
});
type SubscriptionInputs = z.output<typeof SubscriptionInputs>;
const SubscriptionSaid = SubscriptionInputs.omit({ name: true, topic: true, pushConfig: true, filter: true }).partial();

/** The emulator takes seven days at most, the service 31. */
const keptFor = (duration = '604800s'): string => `${Math.min(Number.parseInt(duration, 10), 604_800)}s`;

export const subscription = ({ project, pubSub, pushes, pushUrlOf }: World) => {
  const resourceOf = (id: string, inputs: SubscriptionInputs) => ({
    ...SubscriptionSaid.parse(inputs),
    messageRetentionDuration: keptFor(inputs.messageRetentionDuration),
    topic: inputs.topic.startsWith('projects/') ? inputs.topic : `projects/${project.id}/topics/${inputs.topic}`,
    pushConfig: { pushEndpoint: pushUrlOf(id) },
  });
  const declare = (id: string, { pushConfig, filter = '' }: SubscriptionInputs) => {
    const { serviceAccountEmail: account, audience } = pushConfig.oidcToken;
    pushes.declare(id, { url: pushConfig.pushEndpoint, account, audience, filter });
  };
  return kind({
    type: 'gcp:pubsub/subscription:Subscription',
    inputs: SubscriptionInputs,
    naming: { property: 'name', longest: 255 },
    replacedBy: ['name', 'topic', 'filter', 'project', 'enableMessageOrdering'],
    computes: [],
    create: async (inputs) => {
      const id = `projects/${project.id}/subscriptions/${inputs.name}`;
      declare(id, inputs);
      await pubSub('PUT', `/v1/${id}`, resourceOf(id, inputs));
      return { id, computed: {} };
    },
    read: async (id, state) => {
      const said = await pubSub('GET', `/v1/${id}`);
      if (said === undefined) return undefined;
      const { ackDeadlineSeconds, deadLetterPolicy } = SubscriptionSaid.parse(said);
      return { inputs: drift(state, { ackDeadlineSeconds, deadLetterPolicy }), computed: {} };
    },
    update: async (id, inputs) => {
      declare(id, inputs);
      const changed = resourceOf(id, inputs);
      const updateMask = Object.keys(changed)
        .filter((name) => name !== 'topic')
        .join();
      await pubSub('PATCH', `/v1/${id}`, { subscription: { name: id, ...changed }, updateMask });
      return {};
    },
    remove: async (id) => {
      await pubSub('DELETE', `/v1/${id}`);
      pushes.forget(id);
    },
  });
};

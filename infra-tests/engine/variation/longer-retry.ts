import { runtime } from '@pulumi/pulumi';

/** One setting of one subscription is another than the platform's program says. */
runtime.registerResourceTransform(({ type, name, props, opts }) =>
  type === 'azure-native:eventgrid:TopicEventSubscription' && name === 'models-events-subscription'
    ? { props: { ...props, retryPolicy: { maxDeliveryAttempts: 7, eventTimeToLiveInMinutes: 1440 } }, opts }
    : undefined,
);

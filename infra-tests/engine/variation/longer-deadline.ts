import { runtime } from '@pulumi/pulumi';

/** One setting of one subscription is another than the platform's program says. */
runtime.registerResourceTransform(({ type, name, props, opts }) =>
  type === 'gcp:pubsub/subscription:Subscription' && name === 'models-events-subscription'
    ? { props: { ...props, ackDeadlineSeconds: 77 }, opts }
    : undefined,
);

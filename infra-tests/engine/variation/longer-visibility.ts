import { runtime } from '@pulumi/pulumi';

/** One setting of one queue is another than the platform's program says. */
runtime.registerResourceTransform(({ type, name, props, opts }) =>
  type === 'aws:sqs/queue:Queue' && name === 'models-events-queue' ? { props: { ...props, receiveWaitTimeSeconds: 7 }, opts } : undefined,
);

import { runtime } from '@pulumi/pulumi';

/** One subscription has another filter than the platform's program says, which lets nothing through, and so another name. */
runtime.registerResourceTransform(({ type, name, props, opts }) =>
  type === 'gcp:pubsub/subscription:Subscription' && name === 'billing-tenant-created-subscription'
    ? { props: { ...props, name: 'hybrid-prod-billing-tenant-created-00000000', filter: 'attributes."ce-type" = "nothing"' }, opts }
    : undefined,
);

import { type Input, interpolate, type Resource as PulumiResource } from '@pulumi/pulumi';
import { deadLetters, failedChanges, resourceVariable } from '../../functions/kernel/resources.ts';
import type { Profile } from '../environment.ts';
import type { PlatformPlan } from '../platform.ts';
import { FailedChanges } from './failed-changes.ts';
import type { Place } from './grants.ts';
import { type Keys, keysIn } from './keys.ts';
import { visibilityOf } from './limits.ts';
import type { ObjectStore } from './object-store.ts';
import { Queue } from './queue.ts';
import type { Stores } from './stores.ts';
import { Subscriber } from './subscriber.ts';
import type { Transforms } from './transforms.ts';

export type DeliveriesArgs = {
  readonly plan: PlatformPlan;
  readonly stores: Stores;
  readonly keys: Keys;
  readonly profile: Profile;
  readonly region: string;
  readonly accountId: Input<string>;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** A queue that functions read: what it carries, who reads it, and how much at once. */
export type Source = { readonly name: string; readonly unit: string; readonly queue: Queue; readonly batchSize: number };

/** Everything that waits in a queue. A dead letter queue's source is the collector of dead letters. */
export type Deliveries = {
  readonly subscribers: readonly (Source & { readonly serves: readonly string[] })[];
  readonly queues: readonly (Source & { readonly variable: string })[];
  readonly deadLetters: readonly Source[];
  /** Where schedules put what they could not do. */
  readonly ofSchedules: Queue;
};

export const makeDeliveries = (args: DeliveriesArgs): Deliveries => {
  const givenUp = deadLetterQueues(args);
  const timeouts = new Map(args.plan.units.map(({ name, timeoutSeconds }) => [name, timeoutSeconds]));
  const visibility = (unit: string, declared = 0) => visibilityOf(timeouts.get(unit) ?? 0, declared);
  const subscribers = args.plan.subscribers.map((planned) => ({
    ...{ name: planned.name, unit: planned.unit, serves: planned.serves, batchSize: 10 },
    queue: subscriberOf(args, planned, visibility(planned.unit), givenUp.of(planned.name).arn).queue,
  }));
  const queues = args.plan.queues.map((planned) => ({
    ...{ name: planned.name, unit: planned.unit, batchSize: planned.policy.batchSize, variable: resourceVariable(planned.resource) },
    queue: queueOf(args, planned, visibility(planned.unit, planned.policy.visibilitySeconds), givenUp.of(planned.name).arn),
  }));
  const store = args.plan.stores.find(({ resource }) => resourceVariable(resource) === resourceVariable(failedChanges));
  if (store !== undefined) {
    const { bucketName } = args.stores.objects[store.name] as ObjectStore;
    const { arn: deadLetterArn } = givenUp.of(store.name);
    const transform = args.transforms.failedChanges?.[store.name];
    new FailedChanges(store.name, { bucketName, deadLetterArn, transform }, { parent: args.parent });
  }
  const ofSchedules = givenUp.of('schedules');
  return { subscribers, queues, ofSchedules, deadLetters: givenUp.all() };
};

const subscriberOf = (
  { stores, keys, transforms, parent }: DeliveriesArgs,
  { name, context, types, attempts }: PlatformPlan['subscribers'][number],
  visibilitySeconds: number,
  deadLetterArn: Input<string>,
) =>
  new Subscriber(
    name,
    {
      ...{ context, types, attempts, visibilitySeconds, deadLetterArn },
      busName: stores.bus.busName,
      keyArn: keys.messages?.arn,
      transform: transforms.subscriber?.[name],
    },
    { parent },
  );

const queueOf = (
  { keys, transforms, parent }: DeliveriesArgs,
  { name, context, policy }: PlatformPlan['queues'][number],
  visibilitySeconds: number,
  deadLetterArn: Input<string>,
) =>
  new Queue(
    name,
    {
      context,
      visibilitySeconds,
      deadLetterArn,
      attempts: policy.attempts,
      keyArn: keys.messages?.arn,
      transform: transforms.queue?.[name],
    },
    { parent },
  );

/** Each source's dead letter queue, or the one that all share, made when it is first asked for. */
const deadLetterQueues = ({ plan, profile, stores, keys, region, accountId, transforms, parent }: DeliveriesArgs) => {
  const made = new Map<string, Queue>();
  const collector = plan.units.find(({ trigger }) => trigger === 'dead-letters');
  const ofFailedChanges = interpolate`arn:aws:events:${region}:${accountId}:rule/platform-failed-changes-rule-*`;
  // Rules have names of which only the beginning is known before they are there.
  const rulesOf = (source: string): readonly Input<string>[] => {
    if (profile.sharedDeadLetters) return [interpolate`${stores.bus.ruleArns}/*`, ofFailedChanges];
    if (source === 'platform-failed-changes') return [ofFailedChanges];
    return plan.subscribers.some(({ name }) => name === source) ? [interpolate`${stores.bus.ruleArns}/${source}-rule-*`] : [];
  };
  const of = (source: string): Queue => {
    const name = profile.sharedDeadLetters ? 'dead-letters' : `${source}-dead-letters`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(
      name,
      {
        context: 'observability',
        visibilitySeconds: visibilityOf(collector?.timeoutSeconds ?? 0),
        keyArn: keys.messages?.arn,
        ruleArns: rulesOf(source),
        transform: transforms.queue?.[name],
      },
      { parent },
    );
    made.set(name, queue);
    return queue;
  };
  const all = (): readonly Source[] => {
    const ofBus = stores.unreadable === undefined ? [] : [['events-dead-letters', stores.unreadable] as const];
    return [...made, ...ofBus].map(([name, queue]) => ({ name, queue, unit: collector?.name ?? '', batchSize: 10 }));
  };
  return { of, all };
};

/** Where the queues are that functions send to, and to which queues dead letters go back. */
export const queuePlaces = (
  { keys, stores }: Pick<DeliveriesArgs, 'keys' | 'stores'>,
  { queues, subscribers }: Deliveries,
): readonly (readonly [string, Place])[] => [
  ...queues.map(({ variable, queue }) => [variable, { arn: queue.arn, value: queue.url, keys: keysIn(keys.messages) }] as const),
  [
    resourceVariable(deadLetters),
    {
      arn: stores.deadLetters.arn,
      value: stores.deadLetters.tableName,
      keys: [...keysIn(keys.data), ...keysIn(keys.messages)],
      sourceArns: [...subscribers, ...queues].map(({ queue }) => queue.arn),
    },
  ],
];

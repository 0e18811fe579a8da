import type { Output, Resource as PulumiResource } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import { deadLetters, qualifiedName, resourceVariable } from '../../functions/kernel/resources.ts';
import type { PlatformPlan } from '../platform.ts';
import { type Caller, type Callers, isDelayed } from './callers.ts';
import { type Call, DeadLetters } from './dead-letters.ts';
import type { Admission } from './functions.ts';
import type { Place } from './grants.ts';
import type { Keys } from './keys.ts';
import { Queue } from './queue.ts';
import { type Site, serviceAgent, urlOf } from './site.ts';
import { deadLettersContext, inContext, type Stores } from './stores.ts';
import { Subscriber } from './subscriber.ts';
import type { Transforms } from './transforms.ts';

export type DeliveriesArgs = {
  readonly plan: PlatformPlan;
  readonly site: Site;
  readonly stores: Stores;
  readonly callers: Callers;
  /** Who is let in where, once functions are there. */
  readonly admissions: Promise<readonly Admission[]>;
  readonly keys: Keys;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

type Delivery = {
  readonly name: string;
  readonly unit: string;
  readonly made: PulumiResource;
  readonly subscriptionNames: readonly Output<string>[];
};

/** Everything that is delivered, and where what could not be delivered goes: a topic for each source, since one that is idle costs nothing. */
export type Deliveries = {
  readonly subscribers: readonly (Delivery & { readonly serves: readonly string[] })[];
  readonly queues: readonly (Delivery & { readonly variable: string; readonly made: Queue })[];
  readonly deadLetters: readonly { readonly name: string; readonly subscriptionName: Output<string> }[];
};

export const makeDeliveries = (args: DeliveriesArgs): Deliveries => {
  const subscribers = args.plan.subscribers.map((planned) => {
    const givenUp = deadLettersOf(args, planned.name, planned.name);
    const made = subscriberOf(args, planned, givenUp);
    const { subscriptionNames } = made;
    return { name: planned.name, unit: planned.unit, serves: planned.serves, subscriptionNames, made, givenUp };
  });
  const queues = args.plan.queues.map((planned) => {
    const givenUp = deadLettersOf(args, planned.name, qualifiedName(planned.resource));
    const made = queueOf(args, planned, givenUp);
    const { subscriptionNames } = made;
    return { name: planned.name, unit: planned.unit, variable: resourceVariable(planned.resource), subscriptionNames, made, givenUp };
  });
  const all = [...subscribers, ...queues];
  return {
    subscribers,
    queues,
    deadLetters: all.map(({ name, givenUp }) => ({ name: `${name}-dead-letters`, subscriptionName: givenUp.subscriptionName })),
  };
};

type Calling = Pick<DeliveriesArgs, 'site' | 'callers' | 'admissions'>;

/** The call of a function at one of its paths, and what has to be there before it is made. */
export const callOf = ({ site, callers, admissions }: Calling, unit: string, path: string, caller: Caller): Call => {
  const audience = urlOf(site, unit);
  return {
    url: interpolate`${audience}${path}`,
    audience,
    account: callers[caller]?.email ?? '',
    admitted: admitted(admissions, unit, caller),
  };
};

/** What lets a caller in at a function. */
export const admitted = async (admissions: Calling['admissions'], unit: string, caller: Caller): Promise<PulumiResource[]> =>
  (await admissions).filter((one) => one.unit === unit && one.caller === caller).map(({ grant }) => grant);

/** Pub/Sub waits for an answer as long as a function may take, and a little longer. */
const ackSeconds = (plan: PlatformPlan, unit: string): number =>
  Math.min(600, 10 + (plan.units.find(({ name }) => name === unit)?.timeoutSeconds ?? 0));

const forwarder = (site: Site) => serviceAgent(site, 'gcp-sa-pubsub');

const deadLettersOf = (args: DeliveriesArgs, name: string, source: string): DeadLetters => {
  const { plan, site, keys, transforms, parent } = args;
  const collector = plan.units.find(({ trigger }) => trigger === 'dead-letters')?.name ?? '';
  return new DeadLetters(
    `${name}-dead-letters`,
    {
      region: site.region,
      prefix: site.prefix,
      collector: callOf(args, collector, `/dead-letters/${source}`, 'push'),
      ackSeconds: ackSeconds(plan, collector),
      forwarder: forwarder(site),
      keyName: keys.messages,
      transform: transforms.deadLetters?.[name],
    },
    { parent },
  );
};

const subscriberOf = (
  args: DeliveriesArgs,
  { name, context, types, attempts, unit }: PlatformPlan['subscribers'][number],
  givenUp: DeadLetters,
): Subscriber => {
  const { plan, site, stores, transforms, parent } = args;
  return new Subscriber(
    name,
    {
      ...{ context, types, attempts, prefix: site.prefix, topicName: stores.bus.topicName, deadLetters: givenUp },
      ackSeconds: ackSeconds(plan, unit),
      push: callOf(args, unit, `/events/${name}`, 'push'),
      forwarder: forwarder(site),
      transform: transforms.subscriber?.[name],
    },
    { parent },
  );
};

const queueOf = (args: DeliveriesArgs, planned: PlatformPlan['queues'][number], givenUp: DeadLetters): Queue => {
  const { plan, site, callers, keys, transforms, parent } = args;
  return new Queue(
    planned.name,
    {
      context: planned.context,
      policy: planned.policy,
      prefix: site.prefix,
      region: site.region,
      keyName: keys.messages,
      publisher: isDelayed(planned) ? callers.tasks?.email : undefined,
      ackSeconds: ackSeconds(plan, planned.unit),
      push: callOf(args, planned.unit, `/queues/${qualifiedName(planned.resource)}`, 'push'),
      deadLetters: givenUp,
      forwarder: forwarder(site),
      transform: transforms.queue?.[planned.name],
    },
    { parent },
  );
};

/** Where the queues are that functions send to, and to which topics dead letters go back. */
export const queuePlaces = (
  { site, stores, callers }: Pick<DeliveriesArgs, 'site' | 'stores' | 'callers'>,
  { queues }: Deliveries,
): readonly (readonly [string, Place])[] => [
  ...queues.map(({ variable, made: { topicName, tasksName } }): readonly [string, Place] => [
    variable,
    {
      value: topicName,
      on: { kind: 'topic', topicName },
      ...(tasksName === undefined || callers.tasks === undefined
        ? {}
        : { tasks: { name: tasksName, region: site.region, accountName: callers.tasks.accountName } }),
    },
  ]),
  [
    resourceVariable(deadLetters),
    {
      value: stores.deadLetters.path,
      on: inContext(site, deadLettersContext),
      sources: { bus: stores.bus.topicName, ...Object.fromEntries(queues.map(({ name, made }) => [name, made.topicName])) },
    },
  ],
];

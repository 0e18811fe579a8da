import type { Resource as PulumiResource } from '@pulumi/pulumi';
import type { FunctionUnit } from '../../functions/kernel/units.ts';
import { edgeUnit } from '../edge.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Settings } from './options.ts';
import { Role } from './role.ts';
import { accountId, emailOf, type Site } from './site.ts';

/**
 * What Google's own services call functions as, each of them only those that it has something for, and what held back messages are published as; and
 * the edge, which is there before who lets it in; and the API Gateway before that, where there is one.
 */
export type Caller = 'push' | 'scheduler' | 'eventarc' | 'tasks' | 'edge' | 'gateway';
export type Callers = { readonly [caller in Caller]?: Role };

const describes: Record<Caller, string> = {
  push: 'Pushes events and messages to functions',
  scheduler: 'Calls functions by the clock',
  eventarc: 'Tells functions that documents changed',
  tasks: 'Publishes messages that were held back',
  edge: 'Forwards requests to functions',
  gateway: 'Calls the edge',
};

export type CallersArgs = {
  readonly plan: PlatformPlan;
  readonly site: Site;
  readonly settings: Pick<Settings, 'apiGateway'>;
  readonly parent: PulumiResource;
};

export const makeCallers = ({ plan, site, settings, parent }: CallersArgs): Callers => {
  const delays: readonly Caller[] = plan.queues.some(isDelayed) ? ['tasks'] : [];
  const before: readonly Caller[] = settings.apiGateway ? ['gateway'] : [];
  const needed = [...new Set<Caller>(['edge', ...plan.units.flatMap((unit) => servicesOf(plan, unit)), ...delays, ...before])];
  return Object.fromEntries(
    needed.map((caller) => [
      caller,
      new Role(
        caller,
        {
          project: site.project,
          accountId: accountId(site, caller),
          describes: describes[caller],
          // The right to hear of changes belongs to no resource.
          bindings:
            caller === 'eventarc' ? [{ name: 'receives-events', role: 'roles/eventarc.eventReceiver', on: { kind: 'project' } }] : [],
        },
        { parent },
      ),
    ]),
  );
};

/** Whether a queue's senders ask for delays. */
export const isDelayed = ({ needs }: PlatformPlan['queues'][number]): boolean => needs?.delay !== undefined;

/** Tables whose changes ring at once: events are waited for. Facts that are folded come in floods, and wait for the sweep or for who settles them. */
export const ringing = (plan: PlatformPlan, unit: string): PlatformPlan['tables'] =>
  plan.tables.filter(({ changes }) => changes?.unit === unit && changes.eventsOnly);

const servicesOf = (plan: PlatformPlan, { name, trigger }: FunctionUnit): readonly Caller[] => {
  switch (trigger) {
    case 'events':
    case 'queues':
    case 'dead-letters':
      return ['push'];
    case 'schedules':
      return ['scheduler'];
    case 'changes':
      return ringing(plan, name).length > 0 ? ['eventarc', 'scheduler'] : ['scheduler'];
    default:
      return [];
  }
};

/** Functions that wait until the changes of one of these tables are handled, and so ask its consumer. */
const drainers = (plan: PlatformPlan, consumer: string): readonly string[] =>
  plan.units.filter((unit) => unit.name !== consumer && drained(plan, unit).includes(consumer)).map(({ name }) => name);

/** The consumers that a function asks to drain what was written: by the grants that say `settle`. */
export const drained = (plan: PlatformPlan, { grants }: FunctionUnit): readonly string[] => [
  ...new Set(
    grants
      .filter(({ verbs }) => verbs.includes('settle'))
      .flatMap(({ resource }) =>
        plan.tables
          .filter((table) => table.resource.context === resource.context && table.resource.name === resource.name)
          .flatMap(({ changes }) => (changes === undefined ? [] : [changes.unit])),
      ),
  ),
];

/** Who calls a function: services of Google's, functions that ask it to drain, or the edge, through which everything comes that a request leads to. */
export const callersOf = (plan: PlatformPlan, unit: FunctionUnit): readonly string[] =>
  unit.trigger === 'http' ? [edgeUnit.name] : [...servicesOf(plan, unit), ...drainers(plan, unit.name)];

/** The e-mails of all who may call a function. */
export const emailsOf = (plan: PlatformPlan, site: Site, unit: FunctionUnit): readonly string[] =>
  callersOf(plan, unit).map((name) => emailOf(site, name));

import type { Input, Resource as PulumiResource } from '@pulumi/pulumi';
import { bus, resourceVariable } from '../../functions/kernel/resources.ts';
import type { FunctionUnit } from '../../functions/kernel/units.ts';
import type { Bundle } from '../bundle.ts';
import { settingOf } from '../options.ts';
import type { PlatformPlan } from '../platform.ts';
import { type Callers, callersOf, drained, emailsOf } from './callers.ts';
import type { CodeStore } from './code-store.ts';
import type { Roles } from './custom-roles.ts';
import type { Deliveries } from './deliveries.ts';
import { type FunctionArgs, PlatformFunction } from './function.ts';
import { bindingsOf, inDatabase, type Places, placeOf, type Wanted, wantedBy } from './grants.ts';
import type { Settings } from './options.ts';
import type { Role } from './role.ts';
import { accountId, emailOf, functionName, type Site, urlOf } from './site.ts';
import { inContext } from './stores.ts';
import type { Transforms } from './transforms.ts';

export type FunctionsArgs = {
  readonly plan: PlatformPlan;
  readonly settings: Settings;
  readonly site: Site;
  /** By the names of the functions. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly codeStore: CodeStore;
  readonly places: Places;
  readonly roles: Roles;
  readonly deliveries: Deliveries;
  readonly callers: Callers;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

export type Functions = { readonly [unit: string]: PlatformFunction };

/** Most instances of a function that nobody says anything about: some regions let a new project have no more with one CPU each. */
export const defaultInstances = 10;

export const makeFunctions = (args: FunctionsArgs): Functions =>
  Object.fromEntries(args.plan.units.map((unit) => [unit.name, functionOf(args, unit)]));

/** What lets a caller in at a function, which must not be called by him before. */
export type Admission = { readonly unit: string; readonly caller: string; readonly grant: PulumiResource };

/** Lets everybody in at the functions that he calls. */
export const admitCallers = ({ plan, callers }: FunctionsArgs, functions: Functions): readonly Admission[] =>
  plan.units.flatMap((unit) =>
    callersOf(plan, unit).map((caller) => {
      const role = (callers[caller as keyof Callers] ?? functions[caller]?.role) as Role;
      return { unit: unit.name, caller, grant: (functions[unit.name] as PlatformFunction).admit(caller, role) };
    }),
  );

const functionOf = (args: FunctionsArgs, unit: FunctionUnit): PlatformFunction =>
  new PlatformFunction(
    unit.name,
    {
      ...common(args, unit),
      environment: environmentOf(args, unit),
      bindings: bindingsOf([...wantedBy(unit.grants, args.places), ...drainsFrom(args, unit)], args.roles),
      transform: args.transforms.function?.[unit.name],
    },
    { parent: args.parent },
  );

/** What every function has of its own. */
type Common = Omit<FunctionArgs, 'environment' | 'bindings' | 'transform'>;

export const common = ({ settings, site, bundles, codeStore }: FunctionsArgs, unit: FunctionUnit): Common => ({
  context: unit.contexts.length === 1 ? (unit.contexts[0]?.name ?? 'all') : 'all',
  ...{ project: site.project, region: site.region },
  functionName: functionName(site, unit.name),
  accountId: accountId(site, unit.name),
  ...codeStore.keep(bundles.get(unit.name) as Bundle),
  builder: codeStore.builder,
  memoryMegabytes: unit.native.includes('onnxruntime') ? settings.modelMemoryMegabytes : settings.memoryMegabytes,
  timeoutSeconds: unit.timeoutSeconds,
  concurrency: settings.concurrency,
  maximumInstances: settingOf(settings.maximumInstances, unit) ?? defaultInstances,
  holdsTraffic: settings.rollout.includes(unit.name),
  dependsOn: codeStore.ready,
});

const consumed = (plan: PlatformPlan, unit: FunctionUnit) => plan.tables.filter(({ changes }) => changes?.unit === unit.name);

/** A bell only rings: what changed, the function reads itself, and writes down how far it came. */
const drainsFrom = ({ plan, site }: FunctionsArgs, unit: FunctionUnit): readonly Wanted[] =>
  consumed(plan, unit).map(({ context }) => inDatabase('table-drain', inContext(site, context)));

/** Where everything is that a function may touch, and who may call it. */
const environmentOf = (args: FunctionsArgs, unit: FunctionUnit): FunctionArgs['environment'] => {
  const { plan, site, places, deliveries } = args;
  const collects = unit.trigger === 'dead-letters' || unit.grants.some(({ verbs }) => verbs.includes('redrive'));
  const touched = [
    ...unit.grants.map(({ resource }) => resource),
    ...(unit.trigger === 'changes' ? consumed(plan, unit).map(({ resource }) => resource) : []),
    ...(collects ? [bus] : []),
  ];
  const queues = deliveries.queues.filter((source) => source.unit === unit.name || collects);
  const subscribers = deliveries.subscribers.filter((source) => source.unit === unit.name || collects);
  const [consumer] = unit.trigger === 'changes' ? [] : drained(plan, unit);
  return {
    HYBRID_AUDIENCE: urlOf(site, unit.name),
    // Cloud Run takes the signature off tokens that it has checked.
    HYBRID_INVOKERS: 'checked',
    HYBRID_CALLERS: emailsOf(plan, site, unit).join(','),
    ...Object.fromEntries(touched.map((resource) => [resourceVariable(resource), placeOf(resource, places).value])),
    ...Object.fromEntries(queues.map(({ variable, made }) => [variable, made.topicName])),
    ...tasksOf(args, unit),
    ...(subscribers.length === 0
      ? {}
      : { HYBRID_SUBSCRIPTIONS: JSON.stringify(Object.fromEntries(subscribers.map(({ name, serves }) => [name, serves]))) }),
    ...(consumer === undefined ? {} : { HYBRID_DRAIN_URL: urlOf(site, consumer).apply((url) => `${url}/drain`) }),
  };
};

/** Of queues that hold messages back: where tasks go that publish them later, and as whom. */
const tasksOf = ({ site, deliveries }: FunctionsArgs, { grants }: FunctionUnit): { readonly [variable: string]: Input<string> } => {
  const sent = grants.filter(({ verbs }) => verbs.includes('send')).map(({ resource }) => resourceVariable(resource));
  const delayed = deliveries.queues.flatMap(({ variable, made: { tasksName } }) =>
    sent.includes(variable) && tasksName !== undefined ? [[variable.replace('HYBRID_QUEUE_', 'HYBRID_TASKS_'), tasksName] as const] : [],
  );
  return delayed.length === 0 ? {} : { ...Object.fromEntries(delayed), HYBRID_TASKS_ACCOUNT: emailOf(site, 'tasks') };
};

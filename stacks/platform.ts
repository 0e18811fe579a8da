import { failed, Rejected } from '../domain/kernel/failure.ts';
import type { QueuePolicy } from '../domain/kernel/queue.ts';
import type { IndexDeclaration } from '../domain/kernel/table.ts';
import type { ContextDeclaration, QueueDeclaration, StoredObjects, StoredTable } from '../functions/kernel/context.ts';
import {
  modelTrials,
  objectsOf,
  qualifiedName,
  queueOf,
  type Resource,
  resourceVariable,
  secretOf,
  tableOf,
} from '../functions/kernel/resources.ts';
import { type FunctionUnit, type Topology, type Trigger, type UnitOptions, unitsOf } from '../functions/kernel/units.ts';
import type { Profile } from './environment.ts';

/**
 * All that a cloud is to make of the declarations, in words that belong to no cloud. Every part has a `name` that is unique among its kind and
 * does not depend on the topology: it names the component, so that nothing is replaced when functions are split or joined.
 */
export type PlatformPlan = {
  readonly units: readonly FunctionUnit[];
  readonly tables: readonly PlannedTable[];
  readonly stores: readonly PlannedStore[];
  readonly queues: readonly PlannedQueue[];
  readonly subscribers: readonly PlannedSubscriber[];
  readonly schedules: readonly PlannedSchedule[];
  readonly secrets: readonly PlannedSecret[];
};

type Planned = { readonly name: string; readonly context: string };
/** `unit` names the function that a part calls. */
export type PlannedTable = Planned & {
  readonly resource: Resource;
  readonly indexes: { readonly [name: string]: IndexDeclaration };
  readonly needs?: StoredTable['needs'];
  /** Who consumes its changes, and whether only events among them. */
  readonly changes?: { readonly unit: string; readonly eventsOnly: boolean };
};
export type PlannedStore = Planned & StoredObjects & { readonly resource: Resource };
export type PlannedQueue = Planned & {
  readonly resource: Resource;
  readonly policy: QueuePolicy;
  readonly needs?: QueueDeclaration['needs'];
  readonly unit: string;
};
export type PlannedSubscriber = Planned & {
  readonly types: readonly string[] | '*';
  readonly attempts: number;
  /** The declared subscribers that one delivery serves: `models.alias-assigned`. */
  readonly serves: readonly string[];
  readonly unit: string;
};
export type PlannedSchedule = Planned & { readonly schedule: string; readonly everySeconds: number; readonly unit: string };
export type PlannedSecret = Planned & { readonly resource: Resource };

export type PlanOptions = { readonly topology: Topology; readonly queuePer: Profile['queuePer'] } & UnitOptions;

/** The plan of these contexts. Throws `Rejected` `unknown-resource` where one of them needs what none of them has. */
export const planOf = (contexts: readonly ContextDeclaration[], { topology, queuePer, apart = false }: PlanOptions): PlatformPlan => {
  const units = unitsOf(contexts, topology, { apart });
  const calls = unitFinder(units);
  const plan: PlatformPlan = {
    units,
    tables: contexts.flatMap((context) => tablesOf(context, calls)),
    stores: contexts.flatMap(storesOf),
    queues: contexts.flatMap((context) => queuesOf(context, calls)),
    subscribers: contexts.flatMap((context) => subscribersOf(context, queuePer, calls)),
    schedules: contexts.flatMap((context) => schedulesOf(context, calls)),
    secrets: secretsOf(units),
  };
  complete(plan);
  return plan;
};

/** For how long what is in a store is neither changed nor deleted, where that is asked for: of records alone, which are kept for ever. */
export const immutableDaysOf = ({ keep }: Pick<PlannedStore, 'keep'>, asked: number | undefined): number | undefined =>
  keep === 'forever' ? asked : undefined;

type UnitFinder = (trigger: Trigger, context: string) => string;

const unitFinder =
  (units: readonly FunctionUnit[]): UnitFinder =>
  (trigger, context) => {
    const found = units.find((unit) => unit.trigger === trigger && unit.contexts.some(({ name }) => name === context));
    if (found === undefined)
      throw new Rejected(failed('invalid', 'unknown-function', `Nothing runs the ${trigger} of the context "${context}".`));
    return found.name;
  };

const named = (context: string, ...parts: readonly string[]): Planned => ({ name: [context, ...parts].join('-'), context });

const tablesOf = (context: ContextDeclaration, calls: UnitFinder): readonly PlannedTable[] =>
  Object.entries(context.tables).map(([name, { indexes = {}, holds, needs, changes }]) => ({
    ...named(context.name, name),
    resource: tableOf(context.name, name),
    indexes,
    ...(needs === undefined ? {} : { needs }),
    ...(holds === undefined && changes === undefined
      ? {}
      : { changes: { unit: calls('changes', context.name), eventsOnly: changes === undefined } }),
  }));

const storesOf = (context: ContextDeclaration): readonly PlannedStore[] =>
  Object.entries(context.objects).map(([name, stored]) => ({
    ...named(context.name, name),
    resource: objectsOf(context.name, name),
    ...stored,
  }));

const queuesOf = (context: ContextDeclaration, calls: UnitFinder): readonly PlannedQueue[] =>
  Object.entries(context.queues).map(([name, { policy, needs }]) => ({
    ...named(context.name, name),
    resource: queueOf(context.name, name),
    policy,
    ...(needs === undefined ? {} : { needs }),
    unit: calls('queues', context.name),
  }));

const subscribersOf = (context: ContextDeclaration, queuePer: Profile['queuePer'], calls: UnitFinder): readonly PlannedSubscriber[] => {
  const declared = Object.entries(context.subscribers);
  if (declared.length === 0) return [];
  const unit = calls('events', context.name);
  const each = declared.map(([name, { to, attempts }]) => ({
    ...named(context.name, name),
    types: to === '*' ? to : to.map(({ type }) => type),
    attempts,
    serves: [`${context.name}.${name}`],
    unit,
  }));
  return queuePer === 'subscriber' ? each : [joined(context.name, each)];
};

/** One delivery for all subscribers of a context; who of them wants an event, the function finds out. */
const joined = (context: string, all: readonly PlannedSubscriber[]): PlannedSubscriber => ({
  ...named(context, 'events'),
  types: all.some(({ types }) => types === '*') ? '*' : [...new Set(all.flatMap(({ types }) => types))].sort(),
  attempts: Math.max(...all.map(({ attempts }) => attempts)),
  serves: all.flatMap(({ serves }) => serves),
  unit: (all[0] as PlannedSubscriber).unit,
});

const schedulesOf = (context: ContextDeclaration, calls: UnitFinder): readonly PlannedSchedule[] =>
  Object.entries(context.schedules).map(([name, { everySeconds }]) => ({
    ...named(context.name, name),
    schedule: `${context.name}.${name}`,
    everySeconds,
    unit: calls('schedules', context.name),
  }));

/** A secret costs money while it lies there: a context has one where a function uses it, and identity keeps the administrator's key. */
const secretsOf = (units: readonly FunctionUnit[]): readonly PlannedSecret[] => {
  const used = units.flatMap(({ grants }) => grants.flatMap(({ resource }) => (resource.kind === 'secret' ? [resource.context] : [])));
  return [...new Set(['identity', ...used])].map((context) => ({ ...named(context), resource: secretOf(context) }));
};

/** A part of the contexts may need another part; then what it needs is named. */
const complete = (plan: PlatformPlan): void => {
  const there = new Set([
    ...[...plan.tables, ...plan.stores, ...plan.queues, ...plan.secrets].map(({ resource }) => resourceVariable(resource)),
    ...(plan.units.some(({ trigger }) => trigger === 'trials') ? [resourceVariable(modelTrials)] : []),
  ]);
  for (const { name, grants } of plan.units)
    for (const { resource } of grants)
      if (!there.has(resourceVariable(resource)) && resource.context !== '')
        throw new Rejected(
          failed(
            'invalid',
            'unknown-resource',
            `"${name}" uses ${qualifiedName(resource)}: add "${resource.context}" to platform:contexts.`,
          ),
        );
  const collector = plan.units.some(({ trigger }) => trigger === 'dead-letters');
  if (!collector || !plan.tables.some(({ name }) => name === 'identity-directory'))
    throw new Rejected(failed('invalid', 'unknown-resource', 'Every platform needs the contexts "identity" and "observability".'));
};

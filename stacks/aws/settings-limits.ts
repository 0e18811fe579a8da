import { type Failure, failed } from '../../domain/kernel/failure.ts';
import { bytesOf } from '../../functions/kernel/context.ts';
import type { FunctionUnit, NativeLibrary } from '../../functions/kernel/units.ts';
import { settingOf } from '../options.ts';
import type { PlatformPlan } from '../platform.ts';
import type { Settings } from './options.ts';

type Reserving = Pick<Settings, 'reservedConcurrency' | 'environment'>;

/** What of an account's concurrency has to stay for all functions that reserve none. */
const unreserved = 100;

/**
 * Requests that take long are held to a part of the account in prod, so that whoever sends many of them leaves the rest to all others. A function
 * that answers all requests is not held.
 */
const setAside: Record<NativeLibrary, number> = { onnxruntime: 300, duckdb: 50 };
/** Trials of models are few, and each takes seconds. */
const setAsideForTrials = 20;

/** The concurrency that is set aside for a function, which it cannot exceed; as configured, or in prod as much as what it does asks for. */
export const reservedOf = (unit: Pick<FunctionUnit, 'name' | 'trigger' | 'native' | 'contexts'>, settings: Reserving): number | undefined =>
  settingOf(settings.reservedConcurrency, unit) ?? (settings.environment === 'prod' ? usual(unit) : undefined);

const usual = ({ trigger, native, contexts }: Pick<FunctionUnit, 'trigger' | 'native' | 'contexts'>): number | undefined => {
  if (trigger === 'trials') return setAsideForTrials;
  const [library] = native;
  return trigger === 'http' && library !== undefined && contexts.length === 1 ? setAside[library] : undefined;
};

/** Whether an account of this quota can set aside what is configured. */
export const concurrencyFailure = (plan: PlatformPlan, settings: Reserving, quota: number): Failure<'concurrency-exceeded'> | undefined => {
  const reserved = plan.units.reduce((sum, unit) => sum + (reservedOf(unit, settings) ?? 0), 0);
  const most = quota - unreserved;
  if (reserved <= most) return undefined;
  return failed(
    'invalid',
    'concurrency-exceeded',
    `${reserved} are set aside in all (platform:reservedConcurrency), and this account can set aside ${Math.max(0, most)}: its quota of ${quota} less ` +
      `${unreserved} for all others. Ask AWS for a higher quota, or reserve less.`,
  );
};

/**
 * Functions for which less is set aside than their queues call at a time. What is throttled counts as a delivery: messages would become dead
 * letters without ever having been tried.
 */
export const starvedUnits = (
  plan: PlatformPlan,
  settings: Reserving & Pick<Settings, 'queueConcurrency'>,
): Failure<'concurrency-too-low'> | undefined => {
  const problems = plan.units.flatMap((unit) => {
    const reserved = reservedOf(unit, settings);
    const needed = settings.queueConcurrency * [...plan.subscribers, ...plan.queues].filter((source) => source.unit === unit.name).length;
    return reserved === undefined || reserved >= needed
      ? []
      : [`${unit.name}: ${reserved}, and its queues call it up to ${needed} times at once`];
  });
  if (problems.length === 0) return undefined;
  const detail = `platform:reservedConcurrency sets too little aside for what reads queues (platform:queueConcurrency each):\n`;
  return failed('invalid', 'concurrency-too-low', detail + problems.map((one) => `  - ${one}`).join('\n'));
};

/** Settings that name functions which do not exist. */
export const unknownUnits = (plan: PlatformPlan, settings: Pick<Settings, 'reservedConcurrency' | 'rollout'>): Failure | undefined => {
  const names = plan.units.map(({ name }) => name);
  const kinds = plan.units.map(({ trigger }) => trigger as string);
  const unknown = [
    ...Object.keys(settings.reservedConcurrency).filter((key) => !names.includes(key) && !kinds.includes(key)),
    ...Object.keys(settings.rollout).filter((key) => !names.includes(key)),
  ];
  if (unknown.length === 0) return undefined;
  return failed('invalid', 'invalid-configuration', `There is no function ${unknown.join(', ')}; there are ${names.join(', ')}.`);
};

/** Artifacts are kept in four fifths of what is free on a function's disk (adapters/onnx/artifact-cache.ts), and a file system takes its part. */
const diskForBytes = (bytes: number): number => Math.ceil((bytes / 1024 ** 2) * 1.4);

/** A model that may be registered, and fits no function that is to run it, would be had again and again. */
export const withoutRoom = ({ units }: PlatformPlan, { modelDiskMegabytes }: Pick<Settings, 'modelDiskMegabytes'>): Failure | undefined => {
  const registering = units.flatMap(({ contexts }) => contexts.flatMap(({ routes }) => Object.values(routes)));
  const sizes = registering.flatMap(({ uses, limit }) => (uses.modelHost?.includes('inspect') ? [bytesOf(limit.body)] : []));
  const needed = diskForBytes(Math.max(0, ...sizes));
  if (modelDiskMegabytes >= needed) return undefined;
  const detail = `platform:modelDiskMegabytes is ${modelDiskMegabytes}, and the largest model that may be registered needs ${needed}.`;
  return failed('invalid', 'disk-too-small', detail);
};

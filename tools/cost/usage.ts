import type { Cloud } from '../../stacks/environment.ts';
import type { Traffic } from './assumptions.ts';
import { azureUsage } from './azure-usage.ts';
import type { Usage } from './bill.ts';
import { eventUsage } from './event-usage.ts';
import { gcpUsage } from './gcp-usage.ts';
import type { Graph } from './graph.ts';
import { idleUsage } from './idle.ts';
import type { DomainEventCost } from './measured-event.ts';
import type { Prediction } from './measured-prediction.ts';
import { predictionUsage } from './prediction-usage.ts';
import { storageUsage } from './storage-usage.ts';

/** What a declared graph uses of one cloud's meters, load by load. Another cloud is a price list and one of these. */
export type CloudUsage = {
  readonly idle: (graph: Graph) => readonly Usage[];
  /** A million predictions. */
  readonly predictions: (graph: Graph, measured: Prediction, traffic: Traffic) => readonly Usage[];
  /** A million domain events. */
  readonly events: (graph: Graph, measured: DomainEventCost) => readonly Usage[];
  /** A gigabyte for a month, by where it lies. */
  readonly storage: (graph: Graph) => readonly Usage[];
};

const usages: { readonly [cloud in Cloud]?: CloudUsage } = {
  aws: { idle: idleUsage, predictions: predictionUsage, events: eventUsage, storage: storageUsage },
  azure: azureUsage,
  gcp: gcpUsage,
};

/** Of the cloud that a stack is named after. */
export const usageOf = (stack: string): CloudUsage => {
  const usage = usages[stack.split('-')[0] as Cloud];
  if (usage === undefined) throw new RangeError(`There is no usage for ${stack}.`);
  return usage;
};

import { largeEvents, type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import type { PlatformPlan } from '../platform.ts';

const isOfLargeEvents = ({ resource }: { readonly resource: Resource }): boolean =>
  resourceVariable(resource) === resourceVariable(largeEvents);

/** Pub/Sub takes messages of 10 MB, and an event is never larger than a document of Firestore: none goes by reference here, and nobody needs the store of them. */
export const withoutLargeEvents = (plan: PlatformPlan): PlatformPlan => ({
  ...plan,
  stores: plan.stores.filter((store) => !isOfLargeEvents(store)),
  units: plan.units.map((unit) => ({ ...unit, grants: unit.grants.filter((grant) => !isOfLargeEvents(grant)) })),
});

import type { Output } from '@pulumi/pulumi';

/** What a stack tells, on every cloud; resources by the names of the plan, and by what the cloud calls them. */
export type PlatformOutputs = {
  readonly url: Output<string>;
  readonly adminKey: Output<string>;
  readonly tables: { readonly [name: string]: Output<string> };
  readonly buckets: { readonly [name: string]: Output<string> };
  readonly queues: { readonly [name: string]: Output<string> };
  readonly functions: { readonly [name: string]: Output<string> };
  /** What `platform:rollout` calls stable, and what is gone back to. */
  readonly versions: { readonly [name: string]: Output<string> };
  readonly bus: Output<string>;
  /** Where lines of functions are kept, where it is no place of the account's own. */
  readonly logs?: Output<string>;
  /** Where to look when something is wrong; none in dev. */
  readonly dashboards: { readonly [name: string]: string | Output<string> };
};

/** The same of every part, by its name. */
export const each = <T, R>(all: { readonly [name: string]: T }, pick: (one: T) => R): { readonly [name: string]: R } =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, pick(one)]));
